using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Dashboard.Telemetry.Pages;

/// <summary>Tells a page that something is new, as server-sent events; the page then asks for what it shows.</summary>
internal static class Live
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
        try
        {
            // The page may be older than the connection: the first event makes it look once.
            for (var seen = pulse.Version; ; seen = await pulse.NextAsync(seen, end.Token).ConfigureAwait(false))
            {
                await context.Response.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"data: {seen}\n\n"), end.Token).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(end.Token).ConfigureAwait(false);
                await Task.Delay(s_pause, end.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was left, or the dashboard ends.
        }
    }
}
