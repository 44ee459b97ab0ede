namespace Aspire.Dashboard.Telemetry;

/// <summary>Puts what a trace does again and again, such as loading the hundred files of a page, under one line, so that the story can be seen.</summary>
internal static class Repetition
{
    private const int Many = 5;
    private const int MoreThanAGlance = 40;

    /// <summary>Siblings of one name go under one head, unless something below them is rare in the trace or an error: that is part of the story.</summary>
    public static List<WaterfallRow> Gather(List<WaterfallRow> rows)
    {
        var counts = rows.Where(row => row.Span is not null).CountBy(row => NameOf(row.Span!)).ToDictionary();
        var telling = new int[rows.Count + 1]; // How many of the rows before an index tell something.
        for (var index = 0; index < rows.Count; index++)
        {
            telling[index + 1] = telling[index] + (rows[index].Span is { IsError: false } span && counts[NameOf(span)] >= Many ? 0 : 1);
        }

        var parents = new SpanId[rows.Count];
        var above = new List<SpanId>();
        for (var index = 0; index < rows.Count; index++)
        {
            above.RemoveRange(rows[index].Depth, above.Count - rows[index].Depth);
            parents[index] = above.Count == 0 ? default : above[^1];
            above.Add(rows[index].Id);
        }

        var groups = Enumerable.Range(0, rows.Count)
            .Where(index => rows[index].Depth > 0 && telling[index] == telling[index + 1 + rows[index].Children])
            .GroupBy(index => (Parent: parents[index], Name: NameOf(rows[index].Span!)))
            .Where(group => group.Count() >= Many)
            .ToDictionary(group => group.Key, group => group.ToArray());

        var gathered = new List<WaterfallRow>(rows.Count + groups.Count);
        for (var index = 0; index < rows.Count; index++)
        {
            var isAlike = telling[index] == telling[index + 1 + rows[index].Children];
            if (!isAlike || rows[index].Span is not { } span || !groups.TryGetValue((parents[index], NameOf(span)), out var members))
            {
                gathered.Add(rows[index]);
                continue;
            }

            if (members[0] == index)
            {
                gathered.Add(rows[index] with { IsFolded = true, Alike = [.. members.Select(member => rows[member].Span!)], End = members.Max(member => rows[member].End), Children = members.Sum(member => rows[member].Children + 1) });
                gathered.AddRange(members.SelectMany(member => rows.GetRange(member, rows[member].Children + 1)).Select(row => row with { Depth = row.Depth + 1 }));
            }

            index += rows[index].Children;
        }

        Waterfall.Counted(gathered); // Heads are lines, too, for those above them.
        return gathered.Count(row => row.Depth < 2 || row.Alike.Count == 0) <= MoreThanAGlance ? gathered : FoldedWhereNothingIsUnique(gathered, counts);
    }

    // What follows from the root and has no name below it that is there only once is told by its first line.
    private static List<WaterfallRow> FoldedWhereNothingIsUnique(List<WaterfallRow> rows, Dictionary<(TelemetryResource, string), int> counts)
    {
        for (var index = 0; index < rows.Count; index++)
        {
            if (rows[index].Depth == 1)
            {
                rows[index] = rows[index] with { IsFolded = rows.GetRange(index, rows[index].Children + 1).TrueForAll(row => row.Span is { } span && counts[NameOf(span)] > 1) };
            }
        }

        return rows;
    }

    private static (TelemetryResource, string) NameOf(Span span) => (span.Resource, span.Name);
}
