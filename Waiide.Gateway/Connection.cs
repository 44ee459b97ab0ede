namespace Waiide.Gateway;

/// <summary>One WebSocket through this gateway, as its book keeps it: what it is, and what has passed so far. No record: it changes while it is a key of the open ones.</summary>
internal sealed class Connection(string id, string user, Upstream upstream, bool isReconnection, string? window, DateTimeOffset since)
{
    /// <summary>Of the log lines, the spans and /api/status.</summary>
    internal string Id => id;

    /// <summary>Whose it is.</summary>
    internal string User => user;

    /// <summary>What it leads to.</summary>
    internal Upstream Upstream => upstream;

    /// <summary>VS Code says that it comes back after a loss, to what it had before.</summary>
    internal bool IsReconnection => isReconnection;

    /// <summary>By what a window of VS Code knows it for its own (<see cref="Windows"/>); null where it is none of VS Code's.</summary>
    internal string? Window => window;

    /// <summary>When it was asked for.</summary>
    internal DateTimeOffset Since => since;

    private long _bytesIn, _bytesOut, _framesIn, _framesOut;
    private volatile bool _isOpen;

    /// <summary>False until the upstream has agreed to it.</summary>
    internal bool IsOpen
    {
        get => _isOpen;
        set => _isOpen = value;
    }

    /// <summary>From the browser.</summary>
    internal (long Bytes, long Frames) In => (Interlocked.Read(ref _bytesIn), Interlocked.Read(ref _framesIn));

    /// <summary>To the browser.</summary>
    internal (long Bytes, long Frames) Out => (Interlocked.Read(ref _bytesOut), Interlocked.Read(ref _framesOut));

    internal void CountIn(int bytes, int frames)
    {
        Interlocked.Add(ref _bytesIn, bytes);
        Interlocked.Add(ref _framesIn, frames);
    }

    internal void CountOut(int bytes, int frames)
    {
        Interlocked.Add(ref _bytesOut, bytes);
        Interlocked.Add(ref _framesOut, frames);
    }
}

/// <summary>Where a connection leads.</summary>
/// <param name="Kind">"ide", "port" or "tunnel": the same word in metrics, spans and /api/status.</param>
/// <param name="Port">Of the user's server; null for the IDE.</param>
internal readonly record struct Upstream(string Kind, ushort? Port = null)
{
    internal const string IdeKind = "ide";
    internal const string PortKind = "port";
    internal const string TunnelKind = "tunnel";

    internal static readonly Upstream Ide = new(IdeKind);

    internal bool IsIde => Kind == IdeKind;

    /// <summary>To begin a sentence with.</summary>
    internal string Name => IsIde ? "The IDE server" : Kind == PortKind ? $"The server on port {Port}" : $"The program on port {Port}";
}

/// <summary>A connection that has ended; this much outlives the gateway.</summary>
/// <param name="Trace">The trace in which its span is, if anybody collects them.</param>
internal sealed record EndedConnection(
    string Id, string User, string Kind, ushort? Port, DateTimeOffset Since, DateTimeOffset At, long BytesIn, long BytesOut, EndReason Reason, string Sentence, string? Trace, string? Window = null);
