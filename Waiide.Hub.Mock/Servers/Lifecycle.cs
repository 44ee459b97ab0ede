using System.Text.Json.Nodes;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>What a request to start or stop a server hears.</summary>
internal enum Outcome
{
    /// <summary>It is so now.</summary>
    Done,

    /// <summary>It takes longer than a request waits (<see cref="SpawnerOptions.SlowSpawnTimeout"/>, <see cref="SpawnerOptions.SlowStopTimeout"/>), and goes on.</summary>
    Pending,
}

/// <summary>Starts, stops and removes servers; one thing at a time for each. Refusals are <see cref="HubError"/>s in JupyterHub's words.</summary>
internal sealed class Lifecycle(HubState state)
{
    /// <summary>Starts the user's server of that name, which need not exist yet.</summary>
    public Task<Outcome> StartAsync(User user, string name, JsonObject userOptions, CancellationToken cancellation)
    {
        var server = state.AddServer(user, name);
        _ = (server, userOptions, cancellation);
        throw new HubError(StatusCodes.Status500InternalServerError, "This hub cannot start servers.");
    }

    /// <summary>Stops a server; one that is not running is <see cref="Outcome.Done"/>.</summary>
    public Task<Outcome> StopAsync(Server server, CancellationToken cancellation)
    {
        _ = (state, server, cancellation);
        throw new HubError(StatusCodes.Status500InternalServerError, "This hub cannot stop servers.");
    }

    /// <summary>The progress of a start, from its beginning: ends with the event that says ready or failed. Throws 404 or 400 where there is none.</summary>
    public IAsyncEnumerable<ProgressEvent> WatchAsync(Server server, CancellationToken cancellation)
    {
        _ = (state, server, cancellation);
        throw new HubError(StatusCodes.Status404NotFound, "Not Found");
    }
}

/// <summary>One step of a start.</summary>
/// <param name="Progress">0 to 100.</param>
internal sealed record ProgressEvent(int Progress, string Message, bool Ready = false, bool Failed = false);
