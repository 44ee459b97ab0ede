using System.Collections.Concurrent;

namespace Aspire.Dashboard.Telemetry;

/// <summary>The traces that something came for last. Writers take turns, readers take nothing.</summary>
internal sealed class TraceStore
{
    private readonly ConcurrentDictionary<TraceId, Trace> _traces = new();
    private readonly Lock _writing = new();

    // The one that waited longest for a span stands first, and goes first: a session of hours must not lose its trace while it grows.
    private readonly LinkedList<Trace> _byUpdate = new();
    private readonly Dictionary<TraceId, LinkedListNode<Trace>> _nodes = [];
    private long _bytes;
    private long _received;

    public Pulse Changes { get; } = new();

    /// <summary>While true, what comes is not kept.</summary>
    public bool IsPaused { get; set; }

    /// <summary>How many spans have come since the start.</summary>
    public long Received => Volatile.Read(ref _received);

    public IEnumerable<Trace> All => _traces.Select(entry => entry.Value);

    public Trace? Find(TraceId id) => _traces.GetValueOrDefault(id);

    /// <summary>Takes spans in; returns how many of them had no place any more.</summary>
    public int Add(List<Span> spans)
    {
        if (IsPaused || spans.Count == 0)
        {
            return 0;
        }

        var refused = 0;
        lock (_writing)
        {
            foreach (var span in spans)
            {
                refused += Add(span) ? 0 : 1;
            }

            foreach (var span in spans)
            {
                Find(span.TraceId)?.Summarize();
            }

            Volatile.Write(ref _received, _received + spans.Count);
        }

        Changes.Beat();
        return refused;
    }

    /// <summary>Forgets the traces that are meant.</summary>
    public void Clear(Func<Trace, bool> isMeant)
    {
        lock (_writing)
        {
            foreach (var trace in _byUpdate.Where(isMeant).ToArray())
            {
                Drop(trace);
            }
        }

        Changes.Beat();
    }

    /// <summary>The spans elsewhere that are linked to a span of this trace.</summary>
    public IEnumerable<Span> LinkedTo(TraceId trace, SpanId span) =>
        from other in All
        from candidate in other.Spans.ToArray()
        where candidate.Links.Any(link => link.TraceId == trace && link.SpanId == span)
        orderby candidate.Start
        select candidate;

    private bool Add(Span span)
    {
        if (!_nodes.TryGetValue(span.TraceId, out var node))
        {
            node = new LinkedListNode<Trace>(new Trace(span.TraceId));
        }

        var trace = node.Value;
        _bytes -= node.List is null ? 0 : trace.Bytes;
        var isTaken = trace.Add(span);
        _bytes += node.List is null && !isTaken ? 0 : trace.Bytes;
        if (!isTaken)
        {
            return false;
        }

        if (node.List is not null)
        {
            _byUpdate.Remove(node);
        }

        _byUpdate.AddLast(node);
        _nodes[span.TraceId] = node;
        _traces[span.TraceId] = trace;
        while (_byUpdate.Count > Limits.Traces || _bytes > Limits.Bytes)
        {
            Drop(_byUpdate.First!.Value);
        }

        return true;
    }

    private void Drop(Trace trace)
    {
        _bytes -= trace.Bytes;
        _byUpdate.Remove(_nodes[trace.Id]);
        _nodes.Remove(trace.Id);
        _traces.TryRemove(trace.Id, out _);
    }
}
