namespace Aspire.Dashboard.Telemetry;

/// <summary>What the list of traces shows of one.</summary>
/// <param name="First">The root span, or the earliest there is while the root has not come.</param>
/// <param name="HasRoot">Whether a span without a parent has come; until then the trace may still be running.</param>
internal sealed record TraceSummary(Span First, bool HasRoot, ulong Start, ulong End, int Spans, int Errors, ResourceShare[] Resources)
{
    public static TraceSummary With(TraceSummary? summary, Span span)
    {
        var isRoot = span.Parent == default;
        var errors = span.IsError ? 1 : 0;
        if (summary is null)
        {
            return new TraceSummary(span, isRoot, span.Start, Math.Max(span.Start, span.End), 1, errors, [new ResourceShare(span.Resource, 1, errors)]);
        }

        var isFirst = isRoot == summary.HasRoot ? span.Start < summary.First.Start : isRoot;
        return new TraceSummary(
            isFirst ? span : summary.First,
            summary.HasRoot || isRoot,
            Math.Min(summary.Start, span.Start),
            Math.Max(summary.End, span.End),
            summary.Spans + 1,
            summary.Errors + errors,
            With(summary.Resources, span.Resource, errors));
    }

    private static ResourceShare[] With(ResourceShare[] shares, TelemetryResource resource, int errors)
    {
        var index = Array.FindIndex(shares, share => share.Resource == resource);
        if (index < 0)
        {
            return [.. shares, new ResourceShare(resource, 1, errors)];
        }

        ResourceShare[] changed = [.. shares];
        changed[index] = new ResourceShare(resource, shares[index].Spans + 1, shares[index].Errors + errors);
        return changed;
    }
}

/// <summary>How many spans of a trace are a resource's.</summary>
internal readonly record struct ResourceShare(TelemetryResource Resource, int Spans, int Errors);
