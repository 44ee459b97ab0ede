using System.Text.Json.Nodes;

namespace Waiide.Hub.Mock.Faults;

/// <summary>One fault as it was asked for: what goes wrong, for whom, how often, how long.</summary>
internal sealed record Fault(string Name, FaultKind Kind, JsonObject Values)
{
    public TimeSpan? Duration => Seconds("duration") ?? Kind.UsualDuration;

    public int? Count => (int?)Number("count");

    public double Share => Number("share") ?? 1;

    public double? Number(string key) => Values[key]?.GetValue<double>();

    public TimeSpan? Seconds(string key) => Number(key) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    public string? Text(string key) => Values[key]?.GetValue<string>();

    /// <summary>Whether it is about this port: the front's, or the API's.</summary>
    public bool IsAt(bool front) => Text("at") is not { } at ? front ? Kind != FaultKind.Unreachable : true : at is "both" || at == (front ? "front" : "api");

    /// <summary>Whether it is about this path, still percent-encoded. Without paths it is about the hub itself, and not about the servers behind its front.</summary>
    public bool IsAbout(string path, string hubPrefix) =>
        Values["paths"] is JsonArray paths ? paths.Any(prefix => Begins(path, prefix!.GetValue<string>())) : path.StartsWith(hubPrefix, StringComparison.Ordinal);

    /// <summary>Whether it is about a server with this full name (ada/ or ada/env-one), or about all of its user's.</summary>
    public bool IsAbout(State.Server server) => (Text("user") is not { } user || user == server.User.Name) && (Text("server") is not { } name || name == server.FullName);

    // Segment by segment; what a prefix says after its last slash may be the beginning of a name: /hub/api/us.
    private static bool Begins(string path, string prefix)
    {
        var (given, wanted) = (path.Split('/'), prefix.Split('/'));
        return given.Length >= wanted.Length
            && wanted.Index().All(part => part.Item == "*" || (part.Index == wanted.Length - 1 ? given[part.Index].StartsWith(part.Item, StringComparison.Ordinal) : given[part.Index] == part.Item));
    }
}
