using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;

namespace Aspire.Dashboard.Consoles;

/// <summary>The lines of some resources as events: first what is kept, then what comes.</summary>
internal static class ConsoleFeed
{
    private const int LinesKept = 10_000, LinesAtOnce = 500, BatchesWaiting = 4;

    /// <summary>A line and whose it is. At: its time, or that of one before it that was later, so that lines of one resource keep their order among all.</summary>
    internal readonly record struct Printed(ResourceView Resource, ConsoleLine Line, DateTime? At);

    /// <summary>The resources that have a console: one of them, or all that are shown.</summary>
    public static IReadOnlyList<ResourceView> Watched(IApplication application, string? name) => name is null
        ? [.. application.Resources.Where(resource => resource.Parameter is null && !resource.IsHidden)]
        : application.Resource(name) is { } one ? [one] : [];

    /// <summary>What is kept after <paramref name="cursor"/>, in the order of time.</summary>
    public static IEnumerable<Printed> Kept(IApplication application, IReadOnlyList<ResourceView> resources, ConsoleCursor cursor)
    {
        // The next line of each: sorting all would hold all.
        var next = new PriorityQueue<IEnumerator<Printed>, (DateTime? At, int Place)>();
        foreach (var (place, resource) in resources.Index())
        {
            Wait(Of(resource, application.ConsoleOf(resource.Id, cursor.Of(resource.Id))).GetEnumerator(), place);
        }

        while (next.TryDequeue(out var lines, out var turn))
        {
            yield return lines.Current;
            Wait(lines, turn.Place);
        }

        void Wait(IEnumerator<Printed> lines, int place)
        {
            if (lines.MoveNext())
            {
                next.Enqueue(lines, (lines.Current.At, place));
            }
        }
    }

    public static async IAsyncEnumerable<SseItem<object>> Follow(IApplication application, string? name, ConsoleCursor cursor, bool once, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Live.Hello;

        var resources = Watched(application, name);
        var colours = new Colours(application);
        Printed[] kept = [.. Kept(application, resources, cursor)];
        foreach (var older in kept.SkipLast(LinesKept))
        {
            cursor = cursor.After(older.Resource.Id, older.Line.Number);
        }

        foreach (var some in kept.TakeLast(LinesKept).Chunk(LinesAtOnce))
        {
            yield return Event(some);
        }

        if (once)
        {
            yield break;
        }

        // Each resource's lines wait where they are kept until this reader has taken the ones before.
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var batches = Channel.CreateBounded<Printed[]>(BatchesWaiting);
        var following = Task.WhenAll(resources.Select(resource => FollowAsync(application, resource, cursor.Of(resource.Id), batches.Writer, ended.Token)));
        try
        {
            await foreach (var some in batches.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return Event(some);
            }
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        SseItem<object> Event(IReadOnlyList<Printed> some)
        {
            var html = new StringBuilder();
            foreach (var printed in some)
            {
                cursor = cursor.After(printed.Resource.Id, printed.Line.Number);
                html.Append(Html(colours, printed).Text);
            }

            return new SseItem<object>(new { html = html.ToString(), count = some.Count, cursor = cursor.ToString() }, "lines");
        }
    }

    private static async Task FollowAsync(IApplication application, ResourceView resource, int after, ChannelWriter<Printed[]> batches, CancellationToken cancellationToken)
    {
        await foreach (var lines in application.WatchConsoleAsync(resource.Id, after, cancellationToken).ConfigureAwait(false))
        {
            await batches.WriteAsync([.. Of(resource, lines)], cancellationToken).ConfigureAwait(false);
        }
    }

    private static IEnumerable<Printed> Of(ResourceView resource, IEnumerable<ConsoleLine> lines)
    {
        DateTime? latest = null;
        foreach (var line in lines)
        {
            latest = line.At > latest || latest is null ? line.At : latest;
            yield return new Printed(resource, line, latest);
        }
    }

    private static Html Html(Colours colours, Printed printed)
    {
        var (resource, line, _) = printed;
        var local = line.At?.ToLocalTime();
        return Front.Html.Of($"""
            <div class="line{(line.IsError ? " err" : "")}"><b class="{colours.Of(resource.Name)}">{resource.Name}</b><time>{local?.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)}</time>{(line.IsError ? Stderr : Front.Html.None)}<span>{Ansi.ToHtml(line.Text)}</span></div>
            """);
    }

    private static Html Stderr { get; } = new("""<i title="Standard error">stderr</i>""");
}
