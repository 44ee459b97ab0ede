using System.Globalization;
using System.Text.Json.Nodes;

namespace Waiide.Hub.Mock.Faults;

/// <summary>One thing that can be said about a fault, in the configuration and by the API alike.</summary>
/// <param name="Takes">What it may be, as mistakes and docs/hub-faults.md say it.</param>
/// <param name="Parse">The value, or null if it is none.</param>
internal sealed record FaultKey(string Name, string Takes, Func<string, JsonNode?> Parse)
{
    public static IReadOnlyDictionary<string, FaultKey> All { get; } = new FaultKey[]
    {
        new("at", "api, front or both", OneOf("api", "front", "both")),
        new("away", "seconds from 0 to 3600", Number(0, 3600)),
        new("bytes", "a whole number", Whole(0)),
        new("count", "a whole number from 1", Whole(1)),
        new("delay", "seconds from 0 to 3600", Number(0, 3600)),
        new("duration", "seconds up to 1000000, more than 0", Number(0.001, 1e6)),
        new("how", "refused or silent", OneOf("refused", "silent")),
        new("id", "the id of a token, such as a7", Text),
        new("in", "seconds from 0 to 1000000", Number(0, 1e6)),
        new("paths", "paths that begin with a slash, with commas between them; * stands for any one segment", Paths),
        new("process", "true or false", text => bool.TryParse(text, out var flag) ? flag : null),
        new("rate", "bytes per second, a whole number from 1", Whole(1)),
        new("scope", "a scope, such as access:servers!server=ada/", text => VersionProfile.All.Values.Any(profile => State.ScopeTable.Has(State.Scopes.Split(text).Name, profile)) ? text : null),
        new("seconds", "seconds from -1000000000 to 1000000000", Number(-1e9, 1e9)),
        new("server", "the name of a user, a slash, the name of the server: ada/ or ada/env-one", text => text.IndexOf('/', StringComparison.Ordinal) > 0 ? text : null),
        new("share", "a number up to 1, more than 0", Number(0.000001, 1)),
        new("status", "a status from 400 to 599", text => Number(400, 599)(text) is { } status && status.GetValue<double>() % 1 == 0 ? status : null),
        new("tokens", "all, oauth or own", OneOf("all", "oauth", "own")),
        new("user", "the name of a user", Text),
        new("version", "a version, such as 4.0.2", text => text.All(letter => letter is > ' ' and <= '~') ? Text(text) : null),
    }.ToDictionary(key => key.Name, StringComparer.OrdinalIgnoreCase);

    private static Func<string, JsonNode?> OneOf(params string[] choices) => text => choices.Contains(text) ? text : null;

    private static Func<string, JsonNode?> Number(double least, double most) => text =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;

    private static Func<string, JsonNode?> Whole(double least) => text => Number(least, 1e9)(text) is { } number && number.GetValue<double>() % 1 == 0 ? number : null;

    private static JsonValue? Text(string text) => text.Length is > 0 and <= 255 ? JsonValue.Create(text) : null;

    private static JsonArray? Paths(string text)
    {
        var paths = text.Split(',', StringSplitOptions.TrimEntries);
        return paths.All(path => path.StartsWith('/')) ? new JsonArray([.. paths.Select(path => (JsonNode)path)]) : null;
    }
}
