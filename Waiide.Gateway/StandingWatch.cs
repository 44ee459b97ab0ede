using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features;

namespace Waiide.Gateway;

/// <summary>
/// Ends what is still open when the person who opened it may no longer have it: a WebSocket in words, any other exchange by cutting it. Asks at short intervals; those
/// who ask the hub remember its answer for a while (<c>TokenCache</c>), so that a session with many open exchanges costs one question.
/// </summary>
internal sealed class StandingWatch(TimeProvider clock) : BackgroundService
{
    // With the 45 s for which an answer is remembered, and the 10 s that the hub has to give one, a revoked session is gone within a minute.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Open, byte> _open = new();

    /// <summary>Calls <paramref name="end"/> with the reason once <paramref name="standing"/> no longer holds, unless what is returned has been disposed before.</summary>
    public IDisposable Over(Standing standing, Func<string, Task> end)
    {
        var open = new Open(this, standing, end);
        if (standing != Standing.Firm)
        {
            _open[open] = 0;
        }

        return open;
    }

    /// <summary>Asks about everything now: somebody has just signed out.</summary>
    public Task LookAsync() => Task.WhenAll(_open.Keys.Select(LookAsync));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.Delay(Interval, clock, stoppingToken);
            await LookAsync();
        }
    }

    private async Task LookAsync(Open open)
    {
        if (await open.Standing.Objection() is { } reason && _open.TryRemove(open, out _))
        {
            _ = open.End(reason); // Takes seconds where a browser does not answer; the others are not to wait for it.
        }
    }

    private sealed class Open(StandingWatch watch, Standing standing, Func<string, Task> end) : IDisposable
    {
        public Standing Standing => standing;

        public Func<string, Task> End => end;

        public void Dispose() => watch._open.TryRemove(this, out _);
    }

    /// <summary>Watches every exchange that needed a permission; WebSockets are watched where they can be ended in words.</summary>
    internal static void Use(WebApplication app)
    {
        var watch = app.Services.GetRequiredService<StandingWatch>();
        app.Use(async (context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null || context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true })
            {
                await next(context);
                return;
            }

            // What has begun cannot be ended in words: a stream of events asks again and gets its 401, a download is seen to be incomplete.
            // Locked, because the server uses the same context for the next request of the connection, which may be somebody else's.
            var ending = new Lock();
            var isOver = false;
            using var watched = watch.Over(Standing.Of(context), _ =>
            {
                lock (ending)
                {
                    if (!isOver)
                    {
                        context.Abort();
                    }
                }

                return Task.CompletedTask;
            });
            try
            {
                await next(context);
            }
            finally
            {
                lock (ending)
                {
                    isOver = true;
                }
            }
        });
    }
}

/// <summary>Puts the watch into the pipeline.</summary>
internal static class StandingWatchExtensions
{
    internal static void UseStandingWatch(this WebApplication app) => StandingWatch.Use(app);
}
