using System.Globalization;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Api;

/// <summary>Where servers report when they and their user were last active: POST /hub/api/users/{user}/activity.</summary>
internal static class ActivityEndpoint
{
    private const string Shape = "servers must be a dict of the form {server_name: {last_activity: timestamp}}";

    // Clocks differ, but not by an hour.
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(59);

    public static async Task<Answer> Post(HttpContext context, HubState state, TimeProvider clock, string user)
    {
        var known = ApiEndpoints.FindUser(state, user);
        if (await ApiEndpoints.ReadJsonAsync(context) is not JsonObject body)
        {
            throw Bad("body must be a json dict");
        }

        var (last, servers) = (body["last_activity"], body["servers"]);
        if (IsNothing(last) && IsNothing(servers))
        {
            throw Bad("body must contain at least one of `last_activity` or `servers`");
        }

        // Everything is looked at before anything is recorded.
        var now = clock.GetUtcNow();
        var records = IsNothing(servers) ? [] : Servers(known, servers!, now);
        if (!IsNothing(last))
        {
            records.Add((known.LastActivity, Moment(last, now)));
        }

        foreach (var (activity, moment) in records)
        {
            activity.Record(moment);
        }

        return Answer.Empty(StatusCodes.Status200OK, "application/json");
    }

    private static List<(LastActivity Activity, DateTimeOffset Moment)> Servers(User user, JsonNode servers, DateTimeOffset now)
    {
        var records = new List<(LastActivity, DateTimeOffset)>();
        foreach (var (name, report) in servers as JsonObject ?? throw Bad(Shape))
        {
            if (!user.Servers.TryGetValue(name, out var server))
            {
                throw Bad($"No such server '{new LogText(name)}' for user {user.Name}");
            }

            var last = (report as JsonObject ?? throw Bad(Shape))["last_activity"];
            records.Add((server.LastActivity, Moment(IsNothing(last) ? throw Bad(Shape) : last, now)));
        }

        return records;
    }

    private static DateTimeOffset Moment(JsonNode? node, DateTimeOffset now)
    {
        // A time without a zone is UTC.
        if (node is not JsonValue value || !value.TryGetValue(out string? text)
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment))
        {
            throw Bad($"Not a valid timestamp: '{new LogText(node is JsonValue given && given.TryGetValue(out string? shown) ? shown : node?.ToJsonString() ?? "")}'");
        }

        return moment - now <= Ahead ? moment : throw Bad($"Rejecting activity from more than an hour in the future: {Models.Time(moment)}");
    }

    // What Python takes for false.
    private static bool IsNothing(JsonNode? node) => node is null or JsonObject { Count: 0 } or JsonArray { Count: 0 } || node.ToJsonString() is "\"\"" or "0" or "false";

    private static HubError Bad(string message) => new(StatusCodes.Status400BadRequest, message);
}
