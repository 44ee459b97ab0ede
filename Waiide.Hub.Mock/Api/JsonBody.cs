using System.Text.Json;
using System.Text.Json.Nodes;

namespace Waiide.Hub.Mock.Api;

/// <summary>What clients send to the API: JSON, whatever its content type says.</summary>
internal static class JsonBody
{
    /// <summary>The body; null if there is none, or the JSON null.</summary>
    /// <param name="longest">How long a text the hub is ready to keep, where that is less than it reads at all.</param>
    public static async Task<JsonNode?> ReadAsync(HttpContext context, int longest = int.MaxValue)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        if (text.Length == 0)
        {
            return null;
        }

        if (text.Length > longest)
        {
            throw new HubError(StatusCodes.Status413PayloadTooLarge, $"The body must not be longer than {longest} characters");
        }

        try
        {
            var body = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });
            _ = body?.ToJsonString(); // Parsing lets half a surrogate pass ("\ud800"), which nothing that is made of it could be written with.
            return body;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw Bad("Invalid JSON in body of request");
        }
    }

    /// <summary>The body as a model of these keys, each with its Python type; another key or type is refused as JupyterHub does.</summary>
    public static JsonObject Model(JsonNode? body, string name, params (string Key, string Type)[] types)
    {
        if (body is not JsonObject model)
        {
            throw Bad($"Invalid JSON data: {Python.Repr(body)}");
        }

        if (model.Any(entry => types.All(type => type.Key != entry.Key)))
        {
            throw Bad($"Invalid JSON keys: {Python.Repr(model)}");
        }

        foreach (var (key, type) in types.Where(type => model.ContainsKey(type.Key)))
        {
            if (Python.TypeOf(model[key]) is var given && given != type)
            {
                throw Bad($"{name}.{key} must be <class '{type}'>, not: <class '{given}'>");
            }
        }

        return model;
    }

    /// <summary>A list of texts; null if there is no such key. Anything else in the list is refused.</summary>
    public static string[]? Names(JsonObject model, string key) => (model[key] as JsonArray)?
        .Select(item => item is JsonValue value && value.TryGetValue(out string? name) ? name : throw Bad($"{key} must be str, not {Python.TypeOf(item)}"))
        .ToArray();

    public static HubError Bad(string message) => new(StatusCodes.Status400BadRequest, message);
}
