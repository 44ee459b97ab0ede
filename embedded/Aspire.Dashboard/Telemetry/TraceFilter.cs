namespace Aspire.Dashboard.Telemetry;

/// <summary>Which traces somebody wants to see.</summary>
internal sealed record TraceFilter
{
    public string? Resource { get; init; }

    public string? Text { get; init; }

    /// <summary>true: only those with an error; false: only those without.</summary>
    public bool? HasError { get; init; }

    /// <summary>The least duration, in nanoseconds.</summary>
    public ulong Duration { get; init; }

    public IReadOnlyList<AttributeFilter> Attributes { get; init; } = [];

    public bool Fits(Trace trace)
    {
        var summary = trace.Summary;
        return (Resource is null || summary.Resources.Any(share => share.Resource.Is(Resource)))
            && (HasError is null || HasError == (summary.Errors > 0))
            && summary.End - summary.Start >= Duration
            && (string.IsNullOrEmpty(Text) || Any(trace, span => Has(span, Text)))
            && (Attributes.Count == 0 || Any(trace, span => Attributes.All(filter => filter.Fits(span.Attributes.Find))));
    }

    public static bool Has(Span span, string text) =>
        span.Name.Contains(text, StringComparison.OrdinalIgnoreCase)
        || span.Attributes.Any(attribute => attribute.Text.Contains(text, StringComparison.OrdinalIgnoreCase))
        || text.Length is 16 or 32 && string.Equals(text.Length == 16 ? span.Id.ToString() : span.TraceId.ToString(), text, StringComparison.OrdinalIgnoreCase);

    private static bool Any(Trace trace, Func<Span, bool> fits)
    {
        foreach (var span in trace.Spans)
        {
            if (fits(span))
            {
                return true;
            }
        }

        return false;
    }
}
