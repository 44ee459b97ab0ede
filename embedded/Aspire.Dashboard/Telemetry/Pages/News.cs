using System.Globalization;
using Aspire.Dashboard.Front;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Dashboard.Telemetry.Pages;

/// <summary>Tells a page that something is new, as server-sent events; the page then asks for what it shows. <c>?once</c>: only that, for pages that may not hold a connection.</summary>
internal static class News
{
    // People do not read faster, and a flood of telemetry must not become a flood of pages.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(700);

    public static async Task StreamAsync(HttpContext context, TelemetryStore store, string signal)
    {
        var pulse = signal switch
        {
            "logs" => store.Logs.Changes,
            "traces" => store.Traces.Changes,
            "metrics" => store.MetricChanges,
            _ => null,
        };
        if (pulse is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var ending = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, ending);
        context.Response.ContentType = "text/event-stream";
        var once = context.Request.Query.ContainsKey("once");
        try
        {
            await context.Response.WriteAsync($"event: hello\ndata: \"{Layout.Run}\"\n\n", end.Token).ConfigureAwait(false);
            // The page may be older than the connection: the first event makes it look once.
            for (var seen = pulse.Version; !end.IsCancellationRequested; seen = await pulse.NextAsync(seen, end.Token).ConfigureAwait(false))
            {
                await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"event: changed\ndata: {seen}\n\n"), end.Token).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(end.Token).ConfigureAwait(false);
                if (once)
                {
                    return;
                }

                await Task.Delay(s_pause, end.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left, or the dashboard ends.
        }
    }
}
