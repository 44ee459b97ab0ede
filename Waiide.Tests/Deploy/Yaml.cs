using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Waiide.Tests.Deploy;

internal static class Yaml
{
    /// <summary>The documents of a YAML text, with numbers and booleans where it has them.</summary>
    public static IEnumerable<JsonObject> Documents(string text)
    {
        var deserializer = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
        var parser = new Parser(new StringReader(text));
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
        {
            yield return JsonSerializer.SerializeToNode(deserializer.Deserialize<object>(parser))!.AsObject();
        }
    }
}
