using System.Text.Json;
using System.Text.Json.Nodes;

namespace Waiide.Hub.Mock.Api;

/// <summary>Values as Python writes them, which JupyterHub's messages show.</summary>
internal static class Python
{
    /// <summary>Python's repr(): {'admin': True, 'name': None}.</summary>
    public static string Repr(JsonNode? node) => node switch
    {
        null => "None",
        JsonObject map => $"{{{string.Join(", ", map.Select(entry => $"{Repr(entry.Key)}: {Repr(entry.Value)}"))}}}",
        JsonArray list => $"[{string.Join(", ", list.Select(Repr))}]",
        _ when node.GetValueKind() == JsonValueKind.String => Repr(node.GetValue<string>()),
        _ => node.GetValueKind() switch
        {
            JsonValueKind.True => "True",
            JsonValueKind.False => "False",
            _ => node.ToJsonString(),
        },
    };

    public static string Repr(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        return quote + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace(quote.ToString(), "\\" + quote, StringComparison.Ordinal) + quote;
    }

    /// <summary>The name of the type that Python reads the value as.</summary>
    public static string TypeOf(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "NoneType",
        JsonValueKind.Object => "dict",
        JsonValueKind.Array => "list",
        JsonValueKind.String => "str",
        JsonValueKind.True or JsonValueKind.False => "bool",
        _ => node.ToJsonString().AsSpan().IndexOfAny(".eE") < 0 ? "int" : "float",
    };

    /// <summary>Whether Python takes the value for false.</summary>
    public static bool IsFalse(JsonNode? node) =>
        node is null or JsonObject { Count: 0 } or JsonArray { Count: 0 } || node.ToJsonString() is "\"\"" or "0" or "0.0" or "false";
}
