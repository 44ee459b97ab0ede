using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Aspire.Dashboard.Front;

/// <summary>Parts of a page that follow what they show, by server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).</summary>
internal static class Live
{
    // A state that lasted less was not seen by anybody.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    /// <summary>Tells a page which run it talks to; it loads itself again when that is another one than its own.</summary>
    public static SseItem<object> Hello { get; } = new(Layout.Run, "hello");

    /// <summary>
    /// Renders <paramref name="parts"/> now and after each change, and sends those that differ from what was sent before, by their ids. Nothing waits for a slow reader but its own next picture.
    /// <paramref name="once"/>: the first picture only, for pages that may not hold a connection.
    /// </summary>
    public static async IAsyncEnumerable<SseItem<object>> Parts<TChange>(
        IAsyncEnumerable<TChange> changes,
        Func<IEnumerable<(string Id, Html Html)>> parts,
        bool once,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Hello;

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var noticing = once ? Task.CompletedTask : NoticeAsync(changes, changed.Writer, ended.Token);
        var sent = new Dictionary<string, string>();
        try
        {
            do
            {
                var news = parts().Where(part => sent.GetValueOrDefault(part.Id) != part.Html.Text).ToDictionary(part => part.Id, part => part.Html.Text);
                if (news.Count > 0)
                {
                    foreach (var (id, html) in news)
                    {
                        sent[id] = html;
                    }

                    yield return new SseItem<object>(news, "parts");
                }

                if (once)
                {
                    yield break;
                }

                await Task.Delay(Pace, cancellationToken).ConfigureAwait(false);
            }
            while (await changed.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) && changed.Reader.TryRead(out _));
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await noticing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task NoticeAsync<TChange>(IAsyncEnumerable<TChange> changes, ChannelWriter<bool> changed, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var _ in changes.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                changed.TryWrite(true);
            }
        }
        finally
        {
            changed.TryComplete();
        }
    }
}
