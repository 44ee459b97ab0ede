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
        var known = state.FindUser(user) ?? throw new HubError(StatusCodes.Status404NotFound, $"No such user: {Python.Repr(user)}");
        if (await JsonBody.ReadAsync(context) is not JsonObject body)
        {
            throw Bad("body must be a json dict");
        }

        var (last, servers) = (body["last_activity"], body["servers"]);
        if (Python.IsFalse(last) && Python.IsFalse(servers))
        {
            throw Bad("body must contain at least one of `last_activity` or `servers`");
        }

        // Everything is looked at before anything is recorded.
        var now = clock.GetUtcNow();
        var records = Python.IsFalse(servers) ? [] : Servers(known, servers!, now);
        if (!Python.IsFalse(last))
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

            if (report is not JsonObject known || !known.TryGetPropertyValue("last_activity", out var last))
            {
                throw Bad(Shape);
            }

            records.Add((server.LastActivity, Moment(last, now)));
        }

        return records;
    }

    private static DateTimeOffset Moment(JsonNode? node, DateTimeOffset now)
    {
        // A time without a zone is UTC.
        if (node is not JsonValue value || !value.TryGetValue(out string? text)
            || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment))
        {
            throw Bad($"Not a valid timestamp: {new LogText(Python.Repr(node))}");
        }

        return moment - now <= Ahead ? moment : throw Bad($"Rejecting activity from more than an hour in the future: {Models.Time(moment)}");
    }

    private static HubError Bad(string message) => new(StatusCodes.Status400BadRequest, message);
}
