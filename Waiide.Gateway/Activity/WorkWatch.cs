namespace Waiide.Gateway.Activity;

/// <summary>Looks at intervals at what the person's processes do.</summary>
internal sealed class WorkWatch(GatewayOptions options, LastActivity activity, UserWork work, TimeProvider clock) : BackgroundService
{
    // Long enough for a prompt, or a server that wakes up for a moment, to be nothing.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var interval = options.IdleTimeout is { } timeout && timeout / 8 < Longest ? timeout / 8 : Longest;
        var (before, at) = (work.Measure(), clock.GetTimestamp());
        while (true)
        {
            await Task.Delay(interval, clock, stoppingToken);
            var (after, now) = (work.Measure(), clock.GetTimestamp());
            if (before is { } earlier && after is { } later && WorkRate.IsWork(earlier, later, clock.GetElapsedTime(at, now)))
            {
                activity.Saw(Sight.Work);
            }

            (before, at) = (after, now);
        }
    }
}
