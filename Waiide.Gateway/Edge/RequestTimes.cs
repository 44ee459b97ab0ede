namespace Waiide.Gateway.Edge;

/// <summary>Times each exchange from the first moment that the gateway knows of it.</summary>
internal static class RequestTimes
{
    internal static void UseRequestTimes(this WebApplication app)
    {
        var metrics = app.Services.GetRequiredService<GatewayMetrics>();
        app.Use((context, next) => TimeAsync(context, next, metrics));
    }

    private static async Task TimeAsync(HttpContext context, RequestDelegate next, GatewayMetrics metrics)
    {
        var time = new RequestTime(metrics);
        context.Features.Set(time);
        var hasFailed = true;
        try
        {
            await next(context);
            hasFailed = false;
        }
        finally
        {
            // How long a WebSocket lasts says nothing about the gateway; it has metrics of its own.
            if (context.Response.StatusCode != StatusCodes.Status101SwitchingProtocols)
            {
                var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none";
                metrics.RequestEnded(route, time.Upstream, hasFailed ? "failed" : OutcomeOf(context), time.Elapsed);
            }
        }
    }

    private static string OutcomeOf(HttpContext context) => context.RequestAborted.IsCancellationRequested ? "aborted" : context.Response.StatusCode switch
    {
        >= StatusCodes.Status500InternalServerError => "failed",
        >= StatusCodes.Status400BadRequest => "refused",
        _ => "ok",
    };
}
