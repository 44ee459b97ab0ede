namespace Waiide.Gateway.Activity;

/// <summary>
/// Tells the messages by which a page keeps its socket alive from those that somebody causes. Size tells nothing: a key in JupyterLab's terminal (["stdin","l"]) is smaller than Vite's
/// {"type":"ping"}, and a click in noVNC (6 bytes) than the 10 by which it asks for the next picture. But what a page sends by itself it says again word for word, and people do not.
/// </summary>
internal sealed class News
{
    // FNV-1a, 64 bits: what was said is not kept, and a collision costs nothing, because the next message tells.
    private const ulong Basis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    // A page may keep alive in several ways at once; a person who goes through this many things over and over still does something new soon.
    private const int Remembered = 8;

    private readonly Queue<ulong> _last = new();
    private ulong _hash = Basis;

    internal void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            _hash = unchecked((_hash ^ value) * Prime);
        }
    }

    /// <summary>Ends the message; true where it is none of the last ones. The first is a greeting, which a page sends whenever it connects again by itself.</summary>
    internal bool IsNew()
    {
        var (hash, isGreeting) = (_hash, _last.Count == 0);
        _hash = Basis;
        if (_last.Contains(hash))
        {
            return false;
        }

        _last.Enqueue(hash);
        if (_last.Count > Remembered)
        {
            _last.Dequeue();
        }

        return !isGreeting;
    }
}
