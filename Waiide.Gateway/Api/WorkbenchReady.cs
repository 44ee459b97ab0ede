using System.Collections.Concurrent;
using System.Diagnostics;
using Waiide.ServiceDefaults;

namespace Waiide.Gateway.Api;

/// <summary>POST /api/journey: VS Code's page tells how long it took until somebody could type; with it the trace that began with a click is complete.</summary>
internal static class WorkbenchReady
{
    internal const long LongestBody = 1024;

    // A page that takes longer has been left alone, or lies.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    // Each is told once: whoever has a page could else have as many spans made as they like. What is too old to be told again is forgotten.
    private static readonly ConcurrentDictionary<ActivitySpanId, DateTimeOffset> Told = new();

    /// <summary>Milliseconds of the browser's own clock, by the page's own time: when it asked for the document, had it, had run the scripts, and was ready.</summary>
    internal sealed record Times(string Journey, double Request, double Response, double Scripts, double Workbench)
    {
        public bool AreInOrder => Request >= 0 && Response >= Request && Scripts >= Response && Workbench >= Scripts && Workbench - Request <= Longest.TotalMilliseconds;
    }

    internal static IResult Tell(HttpContext context, Times times)
    {
        context.Response.Headers.CacheControl = "no-store";
        if (times.Journey is null || !times.AreInOrder || !Journey.TryOpen(times.Journey, Longest, out var request, out var came) || !IsNews(request.SpanId, came))
        {
            return Refusal.Of(context.Request, StatusCodes.Status400BadRequest, "Not a journey", "This address is for the page of VS Code, once, while the gateway that gave it out still runs.");
        }

        // Browsers' clocks are wrong, but they measure: what the page asked for came when the gateway saw it.
        DateTimeOffset At(double time) => came + TimeSpan.FromMilliseconds(time - times.Request);
        using (var whole = Traces.Of("browser", request, At(times.Request)))
        {
            Span("browser document", times.Request, times.Response);
            Span("browser scripts", times.Response, times.Scripts);
            Span("browser workbench", times.Scripts, times.Workbench);
            whole?.SetEndTime(At(times.Workbench).UtcDateTime);

            void Span(string name, double from, double to)
            {
                using var part = Traces.Of(name, whole?.Context ?? default, At(from));
                part?.SetEndTime(At(to).UtcDateTime);
            }
        }

        Journey.End(context);
        return TypedResults.NoContent();
    }

    private static bool IsNews(ActivitySpanId request, DateTimeOffset came)
    {
        foreach (var (old, _) in Told.Where(entry => DateTimeOffset.UtcNow - entry.Value > Longest))
        {
            Told.TryRemove(old, out DateTimeOffset _);
        }

        return Told.TryAdd(request, came);
    }
}
