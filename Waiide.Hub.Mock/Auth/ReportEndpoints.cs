using System.Text;
using Waiide.Hub.Mock.State;
using Waiide.ServiceDefaults.Metrics;

namespace Waiide.Hub.Mock.Auth;

/// <summary>What the hub is told by browsers about its pages, and tells monitors about itself.</summary>
internal static partial class ReportEndpoints
{
    private const int LongestReport = 4096;

    public static void MapReports(this IEndpointRouteBuilder routes, HubOptions options)
    {
        // Browsers send these reports by themselves, without _xsrf; they change nothing.
        routes.MapPost(options.HubPrefix + "security/csp-report", TakeReport).AllowAnonymous();
        _ = routes.ServiceProvider.GetRequiredService<ServerGauge>(); // There as soon as somebody asks.
        routes.MapGet(options.HubPrefix + "metrics", GetMetrics).ForScopes("read:metrics");
        routes.MapGet(options.HubPrefix + "api/metrics", GetMetrics).ForScopes("read:metrics");
    }

    private static async Task<Answer> TakeReport(HttpContext context, Sessions sessions, ILogger<Sessions> logger)
    {
        // Strangers write nothing into the log.
        if (sessions.Of(context) is not { } session)
        {
            throw new HubError(StatusCodes.Status403Forbidden, "Forbidden");
        }

        var buffer = new byte[LongestReport];
        var length = await context.Request.Body.ReadAtLeastAsync(buffer, LongestReport, throwOnEndOfStream: false, context.RequestAborted);
        Log.Violation(logger, new LogText(session.User.Name), new LogText(Encoding.UTF8.GetString(buffer, 0, length)));
        return Answer.Empty(StatusCodes.Status200OK, "text/html");
    }

    // JupyterHub's names, for dashboards that are made for it, then ours.
    private static Answer GetMetrics(HubState state, MetricsPage ours) => Answer.Text($"""
        # HELP jupyterhub_total_users total number of users
        # TYPE jupyterhub_total_users gauge
        jupyterhub_total_users {state.Users.Count()}
        # HELP jupyterhub_running_servers the number of user servers currently running
        # TYPE jupyterhub_running_servers gauge
        jupyterhub_running_servers {state.Servers.Count(server => server.State == ServerState.Ready)}
        {ours.Write(asOpenMetrics: false)}
        """, "text/plain; version=0.0.4; charset=utf-8");

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A page of {User}'s was not allowed something: {Report}")]
        public static partial void Violation(ILogger logger, LogText user, LogText report);
    }
}
