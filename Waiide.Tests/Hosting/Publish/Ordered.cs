using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Waiide.Tests.Hosting.Publish;

/// <summary>
/// Documents as lists of lines, such as <c>services.hub.ports[0] = "8080"</c>, in the order in which they are written: two are equal only if their keys stand in the
/// same order and what is quoted in one is quoted in the other.
/// </summary>
internal static class Ordered
{
    public static IReadOnlyList<string> Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return [.. Lines("", document.RootElement)];
    }

    public static IReadOnlyList<string> Yaml(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return [.. Lines("", yaml.Documents.Single().RootNode)];
    }

    private static IEnumerable<string> Lines(string path, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => NotEmpty(path, element.EnumerateObject().SelectMany(property => Lines($"{path}.{property.Name}", property.Value))),
        JsonValueKind.Array => NotEmpty(path, element.EnumerateArray().SelectMany((item, i) => Lines($"{path}[{i}]", item))),
        _ => [$"{path} = {element.GetRawText()}"],
    };

    private static IEnumerable<string> Lines(string path, YamlNode node) => node switch
    {
        YamlMappingNode mapping => NotEmpty(path, mapping.Children.SelectMany(child => Lines($"{path}.{((YamlScalarNode)child.Key).Value}", child.Value))),
        YamlSequenceNode sequence => NotEmpty(path, sequence.Children.SelectMany((item, i) => Lines($"{path}[{i}]", item))),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => [$"{path} = {scalar.Value}"],
        _ => [$"{path} = \"{((YamlScalarNode)node).Value}\""],
    };

    private static IEnumerable<string> NotEmpty(string path, IEnumerable<string> lines) => lines.DefaultIfEmpty($"{path} is empty");
}
