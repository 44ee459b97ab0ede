namespace Aspire.Dashboard.Telemetry;

/// <summary>A line of a waterfall: a span, the place of one that others name as their parent and that has not come, or the head of some that are alike.</summary>
/// <param name="Span">null: has not come.</param>
/// <param name="Children">How many lines below belong to it.</param>
internal sealed record WaterfallRow(SpanId Id, Span? Span, int Depth, ulong Start, ulong End, int Children)
{
    /// <summary>What a head stands for, of which its span is the first; else empty.</summary>
    public IReadOnlyList<Span> Alike { get; init; } = [];

    /// <summary>Whether what is below is better not seen at first.</summary>
    public bool IsFolded { get; init; }
}

/// <summary>The spans of a trace as a tree, line by line.</summary>
internal static class Waterfall
{
    public static List<WaterfallRow> Of(ReadOnlySpan<Span> spans)
    {
        Span[] all = [.. spans];
        var known = all.Select(span => span.Id).ToHashSet();
        var children = all.Where(span => span.Parent != default && span.Parent != span.Id).ToLookup(span => span.Parent);
        var missing = children.Where(siblings => !known.Contains(siblings.Key))
            .Select(siblings => new WaterfallRow(siblings.Key, null, 0, siblings.Min(span => span.Start), siblings.Max(span => span.End), 0));
        var tops = all.Where(span => span.Parent == default || span.Parent == span.Id).Select(Top).Concat(missing).OrderBy(row => row.Start);

        var rows = new List<WaterfallRow>(all.Length);
        var seen = new HashSet<SpanId>();
        foreach (var top in tops)
        {
            Add(top);
        }

        // Spans that are each other's parents hang on nothing.
        foreach (var span in all.Where(span => !seen.Contains(span.Id)).OrderBy(span => span.Start))
        {
            Add(Top(span));
        }

        return Counted(rows);

        // A stack of its own: a chain of ten thousand would be too deep for the thread's.
        void Add(WaterfallRow top)
        {
            var open = new Stack<WaterfallRow>([top]);
            while (open.TryPop(out var row))
            {
                if (seen.Add(row.Id))
                {
                    rows.Add(row);
                    foreach (var child in children[row.Id].OrderByDescending(span => span.Start))
                    {
                        open.Push(Top(child) with { Depth = row.Depth + 1 });
                    }
                }
            }
        }
    }

    /// <summary>Says of each line how many below are its own.</summary>
    public static List<WaterfallRow> Counted(List<WaterfallRow> rows)
    {
        for (var index = rows.Count - 1; index >= 0; index--)
        {
            var end = index + 1;
            while (end < rows.Count && rows[end].Depth > rows[index].Depth)
            {
                end += 1 + rows[end].Children;
            }

            rows[index] = rows[index] with { Children = end - index - 1 };
        }

        return rows;
    }

    private static WaterfallRow Top(Span span) => new(span.Id, span, 0, span.Start, span.End, 0);
}
