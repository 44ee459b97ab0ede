namespace Waiide.Gateway.Activity;

/// <summary>Stops the gateway when nobody has used it for WAIIDE_IDLE_TIMEOUT, after a notice to whoever sits before it.</summary>
internal sealed partial class IdleStop(
    GatewayOptions options, LastActivity activity, UserWork work, Notices notices, Farewell farewell, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<IdleStop> logger)
    : BackgroundService
{
    private const string NoticeId = "idle";

    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(1);

    // An IDE that is being installed is waited for; one that hangs on its way up is not.
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (timeout, policy) = (options.IdleTimeout!.Value, UseRule.PolicyOf(options));
        var step = timeout / 40 < LongestStep ? timeout / 40 : LongestStep;
        var (unused, seen, started) = (new UnusedTime(step), activity.Stamp, clock.GetTimestamp());
        for (var at = started; ;)
        {
            await Task.Delay(step, clock, stoppingToken);
            var (stamp, now) = (activity.Stamp, clock.GetTimestamp());
            unused.Pass(clock.GetElapsedTime(at, now), wasUsed: stamp != seen || (clock.GetElapsedTime(started, now) < LongestStart && work.IdeIsStarting()));
            (seen, at) = (stamp, now);
            switch (UseRule.Judge(unused.Total, timeout))
            {
                case IdleVerdict.Stay:
                    notices.Withdraw(NoticeId);
                    break;
                case IdleVerdict.Announce:
                    Announce(timeout - unused.Total);
                    break;
                default:
                    Log.Stops(logger, timeout, policy);
                    farewell.Reason = new Ending(EndReason.IdleStop, " for " + TimeInWords.Of(timeout));
                    lifetime.StopApplication();
                    return;
            }
        }
    }

    // To the second, so that the page counts down evenly.
    private void Announce(TimeSpan left)
    {
        var now = clock.GetUtcNow();
        var at = DateTimeOffset.FromUnixTimeSeconds((long)Math.Ceiling((now + left).ToUnixTimeMilliseconds() / 1000.0));
        notices.Show(new Notice(NoticeId, "Nobody has used this server for a while, so it is about to stop, and what runs in its terminals with it. Your files and unsaved editors are kept.", IsUrgent: true, at, now));
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Nobody has used this server for {Time} (WAIIDE_IDLE_TIMEOUT; what counts as use is {Policy}): it stops.")]
        public static partial void Stops(ILogger logger, TimeSpan time, ActivityPolicy policy);
    }
}
