namespace Waiide.Gateway.Activity;

/// <summary>Watches what a browser sends over one WebSocket; it gets a copy, and whatever it makes of that, the bytes go on unchanged.</summary>
internal sealed class SocketUse : IDisposable
{
    private readonly Action<Sight> _report;
    private readonly Action<string> _complain;
    private readonly BrowserFrames? _frames;
    private bool _isUnderstood = true;

    private SocketUse(Action<Sight> report, Action<string> complain, BrowserFrames? frames) => (_report, _complain, _frames) = (report, complain, frames);

    /// <summary>A socket of VS Code's own client.</summary>
    internal static SocketUse OfVsCode(string target, TimeProvider clock, Action<Sight> report, Action<string> complain)
    {
        var start = clock.GetTimestamp();
        var presence = new Presence(isReconnection: target.Contains("reconnection=true", StringComparison.Ordinal));
        var messages = new ClientMessages(sign =>
        {
            if (presence.After(sign, clock.GetElapsedTime(start)))
            {
                report(Sight.Person);
            }
        });
        return new SocketUse(report, complain, new BrowserFrames(messages.Take));
    }

    /// <summary>A socket of a page of the person's own server, whose language nobody knows.</summary>
    internal static SocketUse OfPage(Action<Sight> report, Action<string> complain)
    {
        var news = new News();
        return new SocketUse(report, complain, new BrowserFrames(news.Take, () =>
        {
            if (news.IsNew())
            {
                report(Sight.Person);
            }
        }));
    }

    internal static SocketUse OfUnknown(Action<Sight> report) => new(report, _ => { }, null);

    public void Dispose() => _frames?.Dispose();

    internal void Saw(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        _report(Sight.Traffic);
        if (_frames is null)
        {
            return;
        }

        if (_isUnderstood)
        {
            try
            {
                _frames.Follow(bytes);
                return;
            }
            catch (Exception failure) when (failure is InvalidDataException or ObjectDisposedException)
            {
                _isUnderstood = false;
                _complain(failure.Message);
            }
        }

        // It could be somebody's work.
        _report(Sight.Person);
    }
}
