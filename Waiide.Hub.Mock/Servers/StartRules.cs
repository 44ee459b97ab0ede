using System.Text.RegularExpressions;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>Which servers a user may have, in JupyterHub's words.</summary>
internal static partial class StartRules
{
    private const int LongestPlainName = 30;

    /// <summary>Throws 400 where users have only their default server.</summary>
    public static void AllowName(string name, HubOptions options)
    {
        if (name.Length > 0 && !options.Spawner.AllowNamedServers)
        {
            throw Bad("Named servers are not enabled.");
        }
    }

    /// <summary>Throws 400 if the user's server of that name may not be started.</summary>
    public static void Check(User user, string name, HubOptions options, HubState state)
    {
        AllowName(name, options);
        if (name.Length == 0 || user.Servers.ContainsKey(name))
        {
            return;
        }

        var limit = options.Spawner.NamedServerLimitPerUser;
        if (limit > 0 && user.Servers.Keys.Count(other => other.Length > 0) >= limit)
        {
            throw Bad($"User {user.Name} already has the maximum of {limit} named servers.  One must be deleted before a new server can be created");
        }

        if (name.Contains('/'))
        {
            throw Bad($"Invalid server_name (may not contain '/'): {new LogText(name)}");
        }

        if (HubNames.Mistake(name) is { } mistake)
        {
            throw Bad($"Invalid server_name ({mistake}): {new LogText(name)}");
        }

        if (options.Profile.HasPlainServerNames && (name.Length > LongestPlainName || !PlainName().IsMatch(name)))
        {
            throw Bad($"Invalid server_name (must be at most {LongestPlainName} lower-case letters, digits and single dashes, and begin with a letter): {new LogText(name)}");
        }

        // The default server of a-b and the server b of a would be one OAuth client.
        if (state.Servers.FirstOrDefault(other => other.ClientId == HubNames.ClientId(user.Name, name)) is { } twin)
        {
            throw Bad($"Invalid server_name (its OAuth client id is that of {twin.LogName}): {new LogText(name)}");
        }
    }

    /// <summary>Throws 429 where as many servers start, or are there, as may be.</summary>
    public static void CheckLimits(SpawnerOptions options, HubState state)
    {
        var active = state.Servers.Where(server => server is { IsAttached: false, State: not ServerState.Stopped }).ToArray();
        if (options.ConcurrentSpawnLimit > 0 && active.Count(server => server.State == ServerState.Spawning) >= options.ConcurrentSpawnLimit)
        {
            // Not all at the same time, and said in tens.
            var seconds = Random.Shared.Next(30, 60);
            throw new HubError(StatusCodes.Status429TooManyRequests, $"Too many users trying to log in right now. Try again in {(seconds + 9) / 10 * 10} seconds.") { RetryAfter = TimeSpan.FromSeconds(seconds) };
        }

        if (options.ActiveServerLimit > 0 && active.Length >= options.ActiveServerLimit)
        {
            throw new HubError(StatusCodes.Status429TooManyRequests, "Active user limit exceeded. Try again in a few minutes.");
        }
    }

    private static HubError Bad(string message) => new(StatusCodes.Status400BadRequest, message);

    [GeneratedRegex("^[a-z](-?[a-z0-9])*$")]
    private static partial Regex PlainName();
}
