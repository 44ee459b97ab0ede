using System.Text.Json.Nodes;

namespace Waiide.Tests.Conformance;

/// <summary>Who answered in the recording: what the hub and its proxy answer is theirs to repeat, what a single-user server said of itself is not.</summary>
internal enum AnsweredBy
{
    Hub,

    /// <summary>configurable-http-proxy itself, or the lab's echoing server, which tells what the proxy sent on.</summary>
    Proxy,

    /// <summary>A stock single-user server.</summary>
    SingleUser,
}

internal sealed record Header(string Name, string Value)
{
    public bool Is(string name) => Name.Equals(name, StringComparison.OrdinalIgnoreCase);
}

internal sealed record Request(string Method, string Target, IReadOnlyList<Header> Headers, string Body)
{
    public string? this[string name] => Headers.FirstOrDefault(header => header.Is(name))?.Value;
}

/// <summary>An answer, recorded or given; <see cref="Text"/> is empty where the body was JSON.</summary>
internal sealed record Answer(int Status, IReadOnlyList<Header> Headers, JsonNode? Json, string Text)
{
    public string? this[string name] => Headers.FirstOrDefault(header => header.Is(name))?.Value;
}

/// <summary>One recorded request and the real hub's answer to it.</summary>
internal sealed record Exchange(string Profile, string Name, int Port, Request Request, Answer Answer)
{
    /// <summary>Every recording of a version, in the order of its requests.</summary>
    public static IReadOnlyList<Exchange> Recorded(string profile) =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Hub", "Recorded", profile), "???-*.json").Order(StringComparer.Ordinal).Select(file => Read(profile, file))];

    public int Number => int.Parse(Name.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture);

    // The ports of configurable-http-proxy; 18081 and 18581 were those of the hubs themselves.
    public bool WentThroughTheFront => Port is 18000 or 18500;

    // Every answer of a hub has this header, and nobody else's has. The lab's servers of the 400s only echo.
    public AnsweredBy AnsweredBy =>
        Answer["Access-Control-Allow-Headers"] is not null ? AnsweredBy.Hub
        : Request.Target == "/_chp_healthz" || Number is >= 400 and < 500 ? AnsweredBy.Proxy
        : AnsweredBy.SingleUser;

    private static Exchange Read(string profile, string file)
    {
        var json = JsonNode.Parse(File.ReadAllText(file))!;
        var (request, answer) = (json["request"]!, json["response"]!);
        return new Exchange(
            profile,
            Path.GetFileNameWithoutExtension(file),
            new Uri(request["url"]!.GetValue<string>()).Port,
            new Request(request["method"]!.GetValue<string>(), request["target"]!.GetValue<string>(), Headers(request), request["body"]!.GetValue<string>()),
            new Answer(answer["status"]!.GetValue<int>(), Headers(answer), answer["json"]?.DeepClone(), answer["body"]?.GetValue<string>() ?? ""));
    }

    private static Header[] Headers(JsonNode message) =>
        [.. message["headers"]!.AsArray().Select(pair => new Header(pair![0]!.GetValue<string>(), pair[1]!.GetValue<string>()))];
}
