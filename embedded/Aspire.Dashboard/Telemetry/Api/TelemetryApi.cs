using System.Globalization;
using System.Text.Json;
using Aspire.Dashboard.Otlp;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Aspire.Dashboard.Telemetry;

/// <summary>What was received, for scripts: OTLP/JSON with counts around it, and the same as downloads without them.</summary>
internal static class TelemetryApi
{
    private const int UsualSpans = 200;
    private const int UsualTraces = 100;

    public static void MapTelemetryApi(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/telemetry/resources", (TelemetryStore store) => Results.Json(store.Resources.Select(resource => new
        {
            name = resource.Name,
            instanceId = resource.InstanceId.Length == 0 ? null : resource.InstanceId,
            displayName = resource.DisplayName,
            hasLogs = resource.HasLogs,
            hasTraces = resource.HasTraces,
            hasMetrics = !resource.Metrics.IsEmpty,
        })));
        routes.MapGet("/api/telemetry/logs", (HttpRequest request, TelemetryStore store) => Checked(request, store, () =>
        {
            var filter = LogFilterOf(request);
            return Page(request, UsualSpans, store.Logs.NewestFirst().Where(filter.Fits), entries => OtlpExport.Of(entries.Reverse()));
        }));
        routes.MapGet("/api/telemetry/spans", (HttpRequest request, TelemetryStore store) => Checked(request, store, () =>
        {
            var fits = SpanFilterOf(request);
            return Page(request, UsualSpans, store.Traces.All.SelectMany(trace => trace.Spans.ToArray()).Where(fits).OrderByDescending(span => span.Start), spans => OtlpExport.Of(spans.Reverse()));
        }));
        routes.MapGet("/api/telemetry/traces", (HttpRequest request, TelemetryStore store) => Checked(request, store, () =>
        {
            var filter = TraceFilterOf(request);
            return Page(request, UsualTraces, store.Traces.All.Where(filter.Fits).OrderByDescending(trace => trace.Summary.Start), traces => OtlpExport.Of(traces.Reverse().SelectMany(trace => trace.Spans.ToArray())));
        }));
        routes.MapGet("/api/telemetry/traces/{id}", (HttpRequest request, TelemetryStore store, string id) => TraceId.TryParse(id, out var traceId) && store.Traces.Find(traceId) is { } trace
            ? Page(request, int.MaxValue, trace.Spans.ToArray(), spans => OtlpExport.Of(spans))
            : Results.Problem($"There is no trace {id}.", statusCode: StatusCodes.Status404NotFound));

        routes.MapGet("/api/telemetry/export/logs", (HttpRequest request, TelemetryStore store) => Checked(request, store, () => Download("logs", OtlpExport.Of(store.Logs.NewestFirst().Where(LogFilterOf(request).Fits).Reverse()))));
        routes.MapGet("/api/telemetry/export/traces", (HttpRequest request, TelemetryStore store) => Checked(request, store, () =>
            Download("traces", OtlpExport.Of(store.Traces.All.SelectMany(trace => trace.Spans.ToArray()).Where(SpanFilterOf(request)).OrderBy(span => span.Start)))));
        routes.MapGet("/api/telemetry/export/metrics", (HttpRequest request, TelemetryStore store) => Checked(request, store, () =>
            Download("metrics", OtlpExport.Of(store.Resources.Where(resource => !resource.Metrics.IsEmpty && (Given(request, "resource") is not { } name || resource.Is(name)))))));
    }

    // A name that is misspelt is not the same as nothing to show.
    private static IResult Checked(HttpRequest request, TelemetryStore store, Func<IResult> answer)
    {
        if (Given(request, "resource") is { } name && !store.Resources.Any(resource => resource.Is(name)))
        {
            return Results.Problem($"No telemetry of a resource '{name}' has been received. There is: {string.Join(", ", store.Resources.Select(resource => resource.DisplayName))}.", statusCode: StatusCodes.Status404NotFound);
        }

        return Given(request, "traceId") is { } trace && !TraceId.TryParse(trace, out _) ? Bad("traceId", trace, "32 hexadecimal digits")
            : Given(request, "hasError") is { } error && !bool.TryParse(error, out _) ? Bad("hasError", error, "true or false")
            : Given(request, "severity") is { } severity && !Enum.TryParse<LogLevel>(severity, ignoreCase: true, out _) ? Bad("severity", severity, "Trace, Debug, Information, Warning, Error or Critical")
            : Given(request, "limit") is { } limit && !uint.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? Bad("limit", limit, "a number")
            : answer();

        static IResult Bad(string parameter, string value, string expected) => Results.Problem($"{parameter} is to be {expected}, not '{value}'.", statusCode: StatusCodes.Status400BadRequest);
    }

    private static IResult Page<T>(HttpRequest request, int usual, IEnumerable<T> fitting, Func<IEnumerable<T>, IMessage> message)
    {
        var all = fitting.ToArray();
        var limit = uint.TryParse(request.Query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? (int)Math.Min(given, int.MaxValue) : usual;
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { MaxDepth = 256 }))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("data");
            OtlpJsonWriter.Write(writer, message(all.Take(limit)));
            writer.WriteNumber("totalCount", all.Length);
            writer.WriteNumber("returnedCount", Math.Min(limit, all.Length));
            writer.WriteEndObject();
        }

        return Results.Bytes(bytes.ToArray(), "application/json");
    }

    private static IResult Download(string name, IMessage message) =>
        Results.File(OtlpJsonWriter.Write(message), "application/json", $"{name}-{DateTime.Now.ToString("yyyyMMdd-HHmmss", CultureInfo.InvariantCulture)}.json");

    private static LogFilter LogFilterOf(HttpRequest request) => new()
    {
        Resource = Given(request, "resource"),
        Level = Enum.TryParse<LogLevel>(Given(request, "severity"), ignoreCase: true, out var level) ? level : LogLevel.Trace,
        Text = Given(request, "search"),
        TraceId = TraceId.OrNone(Given(request, "traceId")),
    };

    private static Func<Span, bool> SpanFilterOf(HttpRequest request)
    {
        var (resource, search) = (Given(request, "resource"), Given(request, "search"));
        var hasError = bool.TryParse(Given(request, "hasError"), out var error) ? error : (bool?)null;
        var trace = TraceId.OrNone(Given(request, "traceId"));
        return span => (trace == default || span.TraceId == trace) && (resource is null || span.Resource.Is(resource)) && (hasError is null || span.IsError == hasError) && (search is null || TraceFilter.Has(span, search));
    }

    private static TraceFilter TraceFilterOf(HttpRequest request) => new()
    {
        Resource = Given(request, "resource"),
        Text = Given(request, "search"),
        HasError = bool.TryParse(Given(request, "hasError"), out var error) ? error : null,
    };

    private static string? Given(HttpRequest request, string name) => request.Query[name] is [{ Length: > 0 } value, ..] ? value : null;
}
