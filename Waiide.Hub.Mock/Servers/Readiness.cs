using System.Net;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>Asks a server whether it is there, as JupyterHub does: anonymously, past the proxy, at the path of the version; any answer below 500 counts.</summary>
internal sealed partial class Readiness(HubOptions options, TimeProvider clock, ILogger<Readiness> logger)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // As long as JupyterHub's HTTP client waits for one answer.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LastLook = TimeSpan.FromSeconds(1);
    private static readonly UriCreationOptions Untouched = new() { DangerousDisablePathAndQueryCanonicalization = true };

    // Without a propagator there is no span for each poll.
    private static readonly HttpMessageInvoker Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ActivityHeadersPropagator = null });

    /// <summary>The pause after so many attempts in vain: a random share (0 to 1) of one that doubles up to five seconds, so that many servers are not asked at the same moment.</summary>
    public static TimeSpan Pause(int attempt, double share) => share * TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 0.2 * Math.Pow(2, Math.Min(attempt, 10))));

    /// <summary>Asks until the server answers; false if it does not within Hub:Spawner:HttpTimeout.</summary>
    public async Task<bool> WaitAsync(Server server, CancellationToken cancellation)
    {
        var since = clock.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            // When the time is over, once more: the server may have come during the last pause.
            var left = Left();
            if (await AskAsync(server, left > AnswerLimit ? AnswerLimit : left > LastLook ? left : LastLook, cancellation))
            {
                return true;
            }

            left = Left();
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            var pause = Pause(attempt, Random.Shared.NextDouble());
            await Task.Delay(pause < left ? pause : left, clock, cancellation);
        }

        TimeSpan Left() => options.Spawner.HttpTimeout - clock.GetElapsedTime(since);
    }

    /// <summary>Whether the server answers now. Its version is kept, and warned of if it is another one than the hub's.</summary>
    public async Task<bool> AskAsync(Server server, TimeSpan limit, CancellationToken cancellation)
    {
        if (server.Url is not { } address)
        {
            return false;
        }

        var url = new Uri(address.GetLeftPart(UriPartial.Authority) + server.Prefix + options.Profile.ReadinessPath, Untouched);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(limit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            using var answer = await Client.SendAsync(request, patience.Token);
            HubTraces.Event("readiness poll", "http.response.status_code", (int)answer.StatusCode);
            if (answer.StatusCode >= HttpStatusCode.InternalServerError)
            {
                return false;
            }

            Note(server, answer.Headers.TryGetValues("X-JupyterHub-Version", out var versions) ? versions.First() : "");
            return true;
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            HubTraces.Event("readiness poll", "error.type", error is HttpRequestException ? "unreachable" : "timeout");
            return false;
        }
    }

    private void Note(Server server, string version)
    {
        if (version != options.Profile.Version && version != server.Version)
        {
            Log.OtherVersion(logger, new LogText(server.Prefix), new LogText(version.Length == 0 ? "no version" : version), options.Profile.Version);
        }

        server.Version = version;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The server at {Prefix} answers with {Version} where the hub is {HubVersion}.")]
        public static partial void OtherVersion(ILogger logger, LogText prefix, LogText version, string hubVersion);
    }
}
