using System.Collections.Concurrent;

namespace Waiide.Gateway;

/// <summary>The book of the WebSockets: those that are open, and how the last ones ended. What ended under the gateway before this one is in it, too.</summary>
internal sealed class Connections(EndedConnectionsFile file, TimeProvider clock)
{
    // Two for each window: the last dozen windows, or the attempts of one that comes and goes.
    internal const int Kept = 50;

    // VS Code shows one socket for a moment while it finds out that its session is gone for good.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan News = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<Connection, byte> _open = new();
    private readonly Lock _gate = new();
    private Queue<EndedConnection>? _ended;

    /// <summary>Those that are asked for or open now, the oldest first.</summary>
    internal IReadOnlyList<Connection> Open => [.. _open.Keys.OrderBy(connection => connection.Since)];

    /// <summary>The last that have ended, the latest first.</summary>
    internal IReadOnlyList<EndedConnection> Ended
    {
        get
        {
            lock (_gate)
            {
                return [.. Book.Reverse()];
            }
        }
    }

    internal void Add(Connection connection) => _open[connection] = 0;

    /// <summary>From now on it is not among the open ones, though nobody may know yet why.</summary>
    internal void Remove(Connection connection) => _open.TryRemove(connection, out _);

    internal void Write(EndedConnection ended)
    {
        lock (_gate)
        {
            Book.Enqueue(ended);
            if (Book.Count > Kept)
            {
                Book.Dequeue();
            }
        }
    }

    /// <summary>Keeps the book for the gateway that comes after this one.</summary>
    internal void Save() => file.Write(Ended.Reverse());

    /// <summary>
    /// How the last connection to the IDE of a window of <paramref name="user"/> ended, where that is news; null once it has another one. Of a window that was turned away: what had ended the server that knew it, where the book still has that.
    /// </summary>
    /// <param name="windows">What the window that asks says it has (<see cref="Windows"/>). One that does not know is told while no other has a connection, for whom it might be taken.</param>
    internal EndedConnection? LostBy(string user, IReadOnlySet<string> windows)
    {
        var now = clock.GetUtcNow();
        EndedConnection[] ofUser = [.. Ended.Where(ended => ended.User == user && ended.Kind == Upstream.IdeKind)];
        var lost = ofUser.FirstOrDefault(ended => ended.Reason.Entry().IsNews && IsOfTheWindow(ended.Window));
        return lost is null || now - lost.At > News || _open.Keys.Any(Stands) ? null : WhatTookItsSession() ?? lost;

        bool IsOfTheWindow(string? window) => windows.Count == 0 || (window is not null && windows.Contains(window));

        bool Stands(Connection connection) =>
            connection is { IsOpen: true, Upstream.IsIde: true } && connection.User == user && (!connection.IsReconnection || now - connection.Since >= Settled)
            && (windows.Count == 0 || (connection.Since >= lost.At && IsOfTheWindow(connection.Window)));

        // VS Code comes back with the same token until it is turned away; refusals on the way took nothing.
        EndedConnection? WhatTookItsSession() =>
            lost is { Reason: EndReason.TurnedAway, Window: not null }
            && ofUser.FirstOrDefault(ended => ended.Window == lost.Window && ended.Reason is not (EndReason.TurnedAway or EndReason.UpstreamRefused or EndReason.TooMany or EndReason.GatewayFailed)) is { } before
            && before.Reason.Entry().EndsTheServer && now - before.At <= News ? before : null;
    }

    // Read when it is first needed, not when the gateway is put together.
    private Queue<EndedConnection> Book => _ended ??= new(file.Read().TakeLast(Kept));
}
