using Waiide.Gateway.Hub;

namespace Waiide.Gateway.Activity;

/// <summary>Tells the hub at intervals when this server was last used, so that its idle culler knows; says nothing when there is nothing new.</summary>
internal sealed partial class ActivityReports(HubClient hub, LastActivity activity, GatewayOptions options, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<ActivityReports> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lifetime.ListeningAsync(stoppingToken);
        for (long? reported = null; ;)
        {
            var seen = activity.Stamp;
            if (seen != reported && await ReportAsync(stoppingToken))
            {
                reported = seen;
            }

            // Jitter, so that the servers that a hub started together do not report together for ever.
            await Task.Delay(options.Hub!.ActivityInterval * (0.9 + (0.2 * Random.Shared.NextDouble())), clock, stoppingToken);
        }
    }

    // False after a whole interval without success: the next report tells more. Each try tells what is true by then.
    private async Task<bool> ReportAsync(CancellationToken stoppingToken)
    {
        var startedAt = clock.GetTimestamp();
        for (var pause = TimeSpan.FromSeconds(1); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await hub.ReportActivityAsync(activity.Time, stoppingToken);
                return true;
            }
            catch (HubException failure)
            {
                Log.NotReported(logger, failure.Message);
            }

            if (clock.GetElapsedTime(startedAt) + pause > options.Hub!.ActivityInterval)
            {
                return false;
            }

            await Task.Delay(pause, clock, stoppingToken);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The last activity could not be reported: {Reason}")]
        public static partial void NotReported(ILogger logger, string reason);
    }
}
