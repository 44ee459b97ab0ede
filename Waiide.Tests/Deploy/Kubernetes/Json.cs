using System.Text.Json.Nodes;

namespace Waiide.Tests.Deploy.Kubernetes;

/// <summary>The way into an object of Kubernetes.</summary>
internal static class Json
{
    /// <summary>What is at a path such as "spec.containers.0.name"; null where there is nothing.</summary>
    public static JsonNode? At(this JsonNode? node, string path) => path.Split('.').Aggregate(node, (at, step) => at switch
    {
        JsonObject it => it[step],
        JsonArray list when int.TryParse(step, out var index) && index < list.Count => list[index],
        _ => null,
    });

    public static string? Text(this JsonNode? node, string path) => node.At(path)?.ToString();

    /// <summary>The items of the list at a path.</summary>
    public static IEnumerable<JsonNode> Items(this JsonNode? node, string path) => (node.At(path) as JsonArray ?? []).Select(item => item!);

    /// <summary>The fields of the map at a path.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Fields(this JsonNode? node, string path) =>
        (node.At(path) as JsonObject ?? []).Select(field => KeyValuePair.Create(field.Key, $"{field.Value}"));
}
