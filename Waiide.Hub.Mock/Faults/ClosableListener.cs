using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Waiide.Hub.Mock.Faults;

/// <summary>A listening port that can be closed and opened again without the server above it noticing more than that nobody comes.</summary>
internal sealed partial class ClosableListener(Func<ValueTask<IConnectionListener>> open, IConnectionListener first, ILogger logger) : IConnectionListener
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<ConnectionContext, byte> _connections = new();
    private readonly SemaphoreSlim _changing = new(1);
    private readonly CancellationTokenSource _unbound = new();
    private volatile IConnectionListener _inner = first;
    private TaskCompletionSource _isOpen = Completed();
    private int _closedBy;

    public EndPoint EndPoint { get; } = first.EndPoint;

    /// <summary>Refuses connections and cuts those that there are, until <paramref name="until"/>; with several of these at once, until the last.</summary>
    public async Task CloseAsync(CancellationToken until)
    {
        await _changing.WaitAsync(CancellationToken.None);
        try
        {
            if (_closedBy++ == 0)
            {
                _isOpen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await _inner.UnbindAsync(CancellationToken.None);
            }

            foreach (var connection in _connections.Keys)
            {
                connection.Abort(new ConnectionAbortedException("The hub is made unreachable."));
            }
        }
        finally
        {
            _changing.Release();
        }

        until.Register(() => _ = OpenAgainAsync());
    }

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (!_unbound.IsCancellationRequested)
        {
            if (await _inner.AcceptAsync(cancellationToken) is { } connection)
            {
                _connections[connection] = 0;
                connection.ConnectionClosed.Register(() => _connections.TryRemove(connection, out _));
                return connection;
            }

            // Closed, by the server or for a time.
            await _isOpen.Task.WaitAsync(_unbound.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _unbound.CancelAsync();
        await _inner.UnbindAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private async Task OpenAsync()
    {
        await _changing.WaitAsync(CancellationToken.None);
        try
        {
            if (--_closedBy > 0)
            {
                return;
            }

            await _inner.DisposeAsync();
            while (!_unbound.IsCancellationRequested)
            {
                try
                {
                    _inner = await open();
                    break;
                }
                catch (Exception failure) when (failure is IOException or AddressInUseException or SocketException)
                {
                    Log.NotOpened(logger, EndPoint, failure.Message);
                    await Task.Delay(Pause, _unbound.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            }

            _isOpen.SetResult();
        }
        finally
        {
            _changing.Release();
        }
    }

    private async Task OpenAgainAsync()
    {
        try
        {
            await OpenAsync();
        }
        catch (Exception failure)
        {
            Log.StaysClosed(logger, failure, EndPoint); // Nobody waits for it who could say so.
        }
    }

    private static TaskCompletionSource Completed()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{EndPoint} cannot be opened again yet: {Reason}")]
        public static partial void NotOpened(ILogger logger, EndPoint endPoint, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "{EndPoint} stays closed.")]
        public static partial void StaysClosed(ILogger logger, Exception failure, EndPoint endPoint);
    }
}
