namespace Aspire.Dashboard.Telemetry;

/// <summary>The spans of one trace. It may grow for hours: a span is told of when it ends, so those that last longest come last. One writer at a time, any readers.</summary>
internal sealed class Trace(TraceId id)
{
    // Up to here looking through them is as fast as an index, and most traces are small.
    private const int Few = 16;

    private Span[] _spans = [];
    private int _count;
    private Dictionary<SpanId, int>? _index;
    private TraceSummary? _summary;
    private bool _hasReplaced;

    public TraceId Id { get; } = id;

    /// <summary>About what it takes in memory.</summary>
    public long Bytes { get; private set; } = 300;

    public TraceSummary Summary => Volatile.Read(ref _summary)!;

    /// <summary>All that are there now, in the order of arrival.</summary>
    public ReadOnlySpan<Span> Spans
    {
        get
        {
            // In this order: the array of a later count has all of an earlier one.
            var count = Volatile.Read(ref _count);
            return Volatile.Read(ref _spans).AsSpan(0, count);
        }
    }

    public Span? Find(SpanId span)
    {
        foreach (var known in Spans)
        {
            if (known.Id == span)
            {
                return known;
            }
        }

        return null;
    }

    /// <summary>Takes a span in; one that came before (senders repeat what was not acknowledged in time) replaces itself. False: the trace is full.</summary>
    public bool Add(Span span)
    {
        var known = IndexOf(span.Id);
        if (known < 0 && _count >= Limits.SpansOfATrace || Bytes + span.Bytes > Limits.Bytes / 2)
        {
            return false;
        }

        Bytes += span.Bytes;
        if (known >= 0)
        {
            Bytes -= _spans[known].Bytes;
            Volatile.Write(ref _spans[known], span);
            _hasReplaced = true;
            return true;
        }

        if (_count == _spans.Length)
        {
            var larger = new Span[Math.Max(4, _count * 2)];
            _spans.CopyTo(larger, 0);
            Volatile.Write(ref _spans, larger);
        }

        _spans[_count] = span;
        _index?.Add(span.Id, _count);
        Volatile.Write(ref _count, _count + 1);
        Volatile.Write(ref _summary, TraceSummary.With(_summary, span));
        return true;
    }

    /// <summary>Brings the summary up to date after spans replaced themselves: once for many of them, since it takes a look at every span.</summary>
    public void Summarize()
    {
        if (_hasReplaced)
        {
            _hasReplaced = false;
            Volatile.Write(ref _summary, Spans.ToArray().Aggregate((TraceSummary?)null, TraceSummary.With));
        }
    }

    private int IndexOf(SpanId span)
    {
        if (_count <= Few)
        {
            return Array.FindIndex(_spans, 0, _count, known => known.Id == span);
        }

        _index ??= _spans.Take(_count).Index().ToDictionary(one => one.Item.Id, one => one.Index);
        return _index.TryGetValue(span, out var index) ? index : -1;
    }
}
