using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Waiide.ServiceDefaults.Metrics;

/// <summary>The metrics of some meters for Prometheus and whatever else reads its text; counted from the moment this is made.</summary>
public sealed class MetricsPage(IMeterFactory meters, ILogger<MetricsPage> logger, params string[] names) : IDisposable
{
    // https://prometheus.io/docs/instrumenting/exposition_formats/
    private const string Text = "text/plain; version=0.0.4; charset=utf-8";
    private const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private readonly MetricFamilies _families = new(meters, logger, names);

    /// <summary>GET: in the format that the request asks for.</summary>
    public IResult Answer(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Vary = HeaderNames.Accept;
        var wantsOpenMetrics = WantsOpenMetrics(context.Request.Headers.Accept);
        return TypedResults.Text(Write(wantsOpenMetrics), wantsOpenMetrics ? OpenMetrics : Text);
    }

    /// <summary>All of it now.</summary>
    public string Write(bool asOpenMetrics) => PrometheusText.Of(_families.Read(), asOpenMetrics);

    /// <inheritdoc/>
    public void Dispose() => _families.Dispose();

    // "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    internal static bool WantsOpenMetrics(IList<string> accept)
    {
        if (!MediaTypeHeaderValue.TryParseList(accept, out var types))
        {
            return false;
        }

        var open = types.Where(type => type.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase) && VersionOf(type) is null or "1.0.0").Select(Quality).DefaultIfEmpty(0).Max();
        var text = types.Where(type => type.MediaType.Equals("text/plain", StringComparison.OrdinalIgnoreCase) && VersionOf(type) is null or "0.0.4").Select(Quality).DefaultIfEmpty(0).Max();
        return open > 0 && open >= text;

        static double Quality(MediaTypeHeaderValue type) => type.Quality ?? 1;
        static string? VersionOf(MediaTypeHeaderValue type) => type.Parameters.FirstOrDefault(parameter => parameter.Name.Equals("version", StringComparison.OrdinalIgnoreCase))?.Value.Value;
    }
}
