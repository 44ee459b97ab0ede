using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>What a server started and left behind, such as an IDE, wherever it moved in the process tree.</summary>
internal static class ServerFamily
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>The signals of a stop go to the server's own process only: what is left after it is asked to end too, and then killed.</summary>
    /// <param name="session">The id of the server's process, which leads a session of its own.</param>
    public static async Task EndAsync(Server server, int session, HubOptions options, TimeProvider clock)
    {
        var since = clock.GetTimestamp();
        var asked = new HashSet<int>();
        while (clock.GetElapsedTime(since) < 2 * Grace && Of(server, session, options) is { Count: > 0 } left)
        {
            foreach (var one in left)
            {
                if (clock.GetElapsedTime(since) > Grace)
                {
                    Posix.Signal(one.Id, Posix.SigKill);
                }
                else if (asked.Add(one.Id))
                {
                    Posix.Signal(one.Id, Posix.SigTerm);
                }
            }

            await Task.Delay(Glance, clock);
        }
    }

    // The gateway hands these two on to its IDE, and the IDE to its terminals, which are sessions of their own.
    private static IReadOnlyList<ProcessTable.Entry> Of(Server server, int session, HubOptions options) =>
        ProcessTable.Family(session, $"JUPYTERHUB_SERVICE_PREFIX={server.Prefix}", $"JUPYTERHUB_API_URL={options.ApiUrl}");
}
