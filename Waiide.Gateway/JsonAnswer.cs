using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Waiide.Gateway;

/// <summary>An answer in JSON, without reflection, of which the shipped gateway has none for JSON (docs/decisions/0018).</summary>
internal static partial class JsonAnswer
{
    /// <summary>As people can read it: "it's", not "it\u0027s". It goes into no page.</summary>
    internal static readonly JavaScriptEncoder Readable = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    private static readonly Nodes Json = new(new JsonSerializerOptions { Encoder = Readable });

    internal static IResult Of(JsonObject body, int status = StatusCodes.Status200OK, string? contentType = null) => TypedResults.Json(body, Json.JsonObject, contentType, status);

    /// <summary>The elements as a JSON array.</summary>
    internal static JsonArray ToJsonArray<T>(this IEnumerable<T> elements, Func<T, JsonNode?> node) => [.. elements.Select(node)];

    [JsonSerializable(typeof(JsonObject))]
    private sealed partial class Nodes : JsonSerializerContext;
}
