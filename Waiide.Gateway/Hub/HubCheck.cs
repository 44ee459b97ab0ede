namespace Waiide.Gateway.Hub;

/// <summary>Asks the hub for its version at the start, as often as it takes; nothing waits for the answer.</summary>
internal sealed partial class HubCheck(HubClient hub, HubVersion version, GatewayOptions options, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<HubCheck> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lifetime.ListeningAsync(stoppingToken);
        var pause = TimeSpan.FromSeconds(1);
        while (true)
        {
            try
            {
                version.Value = await hub.GetVersionAsync(stoppingToken);
                Log.Found(logger, version.Value, options.Hub!.ApiUrl);
                if (!HubVersion.IsKnown(version.Value))
                {
                    Log.Unknown(logger, version.Value, HubVersion.Oldest, HubVersion.Newest);
                }

                return;
            }
            catch (HubException failure)
            {
                Log.NotFound(logger, options.Hub!.ApiUrl, failure.Message, pause);
            }

            await Task.Delay(pause, clock, stoppingToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The hub at {ApiUrl} is JupyterHub {Version}.")]
        public static partial void Found(ILogger logger, string version, Uri apiUrl);

        [LoggerMessage(Level = LogLevel.Warning, Message = "This version of Waiide is written for JupyterHub {Oldest} to {Newest}, and the hub is {Version}.")]
        public static partial void Unknown(ILogger logger, string version, int oldest, int newest);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The hub at {ApiUrl} (JUPYTERHUB_API_URL): {Reason} The next try is in {Pause}.")]
        public static partial void NotFound(ILogger logger, Uri apiUrl, string reason, TimeSpan pause);
    }
}
