using System.Text.Json;

namespace Bench.Upstream;

/// <summary>What an IDE server answered to a browser that opened VS Code for the first time, as recorded: addresses, states, sizes on the wire, types and encodings. The bytes are any.</summary>
internal sealed class ColdLoad
{
    private static readonly JsonSerializerOptions Names = new(JsonSerializerDefaults.Web);

    private readonly Dictionary<string, (Recorded Answer, byte[] Body)> _answers = [];

    /// <summary>One answer of the recording.</summary>
    internal sealed record Recorded(string Path, int Status, int WireBytes, string Encoding, string Cache, string Type, bool Chunked);

    internal static async Task<ColdLoad> ReadAsync(string file)
    {
        await using var stream = File.OpenRead(file);
        var load = new ColdLoad();
        foreach (var answer in (await JsonSerializer.DeserializeAsync<Recorded[]>(stream, Names))!)
        {
            load._answers.TryAdd(answer.Path, (answer, Content.OfSize(answer.WireBytes)));
        }

        return load;
    }

    internal Task AnswerAsync(HttpContext context, string target)
    {
        var response = context.Response;
        if (!_answers.TryGetValue(target, out var known))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        var (answer, body) = known;
        response.StatusCode = answer.Status;
        response.ContentType = answer.Type;
        if (answer.Encoding.Length > 0)
        {
            response.Headers.ContentEncoding = answer.Encoding;
            response.Headers.Vary = "Accept-Encoding";
        }

        if (answer.Cache.Length > 0)
        {
            response.Headers.CacheControl = answer.Cache;
        }

        if (answer.Status == StatusCodes.Status302Found)
        {
            response.Headers.Location = "./?folder=/home/waiide/ws";
        }

        response.ContentLength = answer.Chunked ? null : body.Length;
        return response.Body.WriteAsync(body).AsTask();
    }
}
