using Microsoft.Data.Sqlite;

namespace Waiide.Hub.Mock.State;

/// <summary>Keeps last activities, which change with every request, a little later and all at once: a hub that is killed loses the last second of them.</summary>
internal sealed partial class ActivityKeeper(HubState state, TimeProvider clock, ILogger<ActivityKeeper> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Keep();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Keep();
        }
    }

    private void Keep()
    {
        try
        {
            state.KeepActivity();
        }
        catch (SqliteException error)
        {
            Log.NotKept(logger, new LogText(error.Message));
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The last activities could not be written to the database ({Reason}); the hub tries again in a second.")]
        public static partial void NotKept(ILogger logger, LogText reason);
    }
}
