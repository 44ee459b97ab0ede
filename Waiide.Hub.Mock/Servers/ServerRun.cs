using System.Runtime.CompilerServices;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>What goes on with one server now: its process, a start, a stop. Whoever changes the server's state holds the lock.</summary>
internal sealed class ServerRun
{
    private static readonly ConditionalWeakTable<Server, ServerRun> Runs = [];

    public Lock Changing { get; } = new();

    public SpawnedProcess? Process { get; set; }

    /// <summary>The start that is going on, or the last one: null when it succeeded, else the sentence that says why it failed.</summary>
    public Task<string?>? Start { get; set; }

    /// <summary>The end that is going on, or the last one.</summary>
    public Task? End { get; set; }

    public static ServerRun Of(Server server) => Runs.GetOrAdd(server, _ => new ServerRun());
}
