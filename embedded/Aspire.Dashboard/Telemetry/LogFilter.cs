using Microsoft.Extensions.Logging;

namespace Aspire.Dashboard.Telemetry;

/// <summary>Which log records somebody wants to see.</summary>
internal sealed record LogFilter
{
    public string? Resource { get; init; }

    public LogLevel Level { get; init; } = LogLevel.Trace;

    public string? Text { get; init; }

    public TraceId TraceId { get; init; }

    public SpanId SpanId { get; init; }

    public IReadOnlyList<AttributeFilter> Attributes { get; init; } = [];

    public bool Fits(LogEntry entry) =>
        (Resource is null || entry.Resource.Is(Resource))
        && (Level is LogLevel.Trace || entry.Severity > (int)Level * 4)
        && (TraceId == default || entry.TraceId == TraceId)
        && (SpanId == default || entry.SpanId == SpanId)
        && (string.IsNullOrEmpty(Text) || Has(entry, Text))
        && Attributes.All(filter => filter.Fits(key => ValueOf(entry, key)));

    private static bool Has(LogEntry entry, string text) =>
        entry.Message.Contains(text, StringComparison.OrdinalIgnoreCase)
        || entry.Scope.Name.Contains(text, StringComparison.OrdinalIgnoreCase)
        || entry.Attributes.Any(attribute => attribute.Key.StartsWith("exception.", StringComparison.Ordinal) && attribute.Text.Contains(text, StringComparison.OrdinalIgnoreCase));

    // Some that are no attributes are asked for like them.
    private static string? ValueOf(LogEntry entry, string key) => entry.Attributes.Find(key) ?? key switch
    {
        "category" => entry.Scope.Name,
        "message" => entry.Message,
        "level" => entry.Level.ToString(),
        _ => null,
    };
}
