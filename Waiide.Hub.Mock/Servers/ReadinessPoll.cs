using System.Net;
using Waiide.Hub.Mock.Front;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>Asks each server whether it is there, as JupyterHub does: anonymously, past the proxy; any answer below 500 counts.</summary>
internal sealed partial class ReadinessPoll(HubOptions options, HubState state, IRoutes routes, TimeProvider clock, ILogger<ReadinessPoll> logger) : BackgroundService
{
    // Without an answer for this long a server counts as stopped; it is asked all the same, for the hub did not start it and cannot start it again.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly UriCreationOptions Untouched = new() { DangerousDisablePathAndQueryCanonicalization = true };

    // Without a propagator there is no span for each poll.
    private static readonly HttpMessageInvoker Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null });

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(state.Servers.Where(server => server.IsAttached).Select(server => WatchAsync(server, stoppingToken)));

    private async Task WatchAsync(Server server, CancellationToken stopping)
    {
        var url = new Uri(server.Url!.GetLeftPart(UriPartial.Authority) + server.Prefix + options.Profile.ReadinessPath, Untouched);
        var silentSince = clock.GetTimestamp();
        var attempt = 0;
        var versionWasChecked = false;
        await routes.AddAsync(server, stopping); // Always: what is not there yet is the proxy's 503, not the hub's 404.
        while (!stopping.IsCancellationRequested)
        {
            var before = server.State;
            var version = await AskAsync(url, stopping);
            if (version is not null)
            {
                (attempt, silentSince) = (0, clock.GetTimestamp());
                server.State = ServerState.Ready;
                if (!versionWasChecked && version != options.Profile.Version)
                {
                    versionWasChecked = true;
                    Log.OtherVersion(logger, server.Prefix, new LogText(version.Length == 0 ? "no version" : version), options.Profile.Version);
                }
            }
            else if (clock.GetElapsedTime(silentSince) > Patience)
            {
                server.State = ServerState.Stopped;
            }
            else
            {
                server.State = ServerState.Spawning;
            }

            if (server.State != before)
            {
                Log.Changed(logger, server.Prefix, server.State);
            }

            // A random share of a growing pause: many servers do not ask for attention at the same moment.
            var longest = version is not null ? LongestPause : TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 0.2 * Math.Pow(2, attempt++)));
            await Task.Delay(version is not null ? longest : longest * Random.Shared.NextDouble(), clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The X-JupyterHub-Version that the server answers with, empty if it has none; null if it does not answer.</summary>
    private static async Task<string?> AskAsync(Uri url, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(LongestPause);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var answer = await Client.SendAsync(request, limit.Token);
            return answer.StatusCode >= HttpStatusCode.InternalServerError ? null
                : answer.Headers.TryGetValues("X-JupyterHub-Version", out var versions) ? versions.First() : "";
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The server at {Prefix} is {State}.")]
        public static partial void Changed(ILogger logger, string prefix, ServerState state);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The server at {Prefix} answers with {Version} where the hub is {HubVersion}.")]
        public static partial void OtherVersion(ILogger logger, string prefix, LogText version, string hubVersion);
    }
}
