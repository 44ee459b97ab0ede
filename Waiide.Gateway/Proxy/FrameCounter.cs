using Waiide.Gateway.Activity;

namespace Waiide.Gateway.Proxy;

/// <summary>Follows the frames of one direction of a WebSocket, so that a frame of ours is only ever put between two of theirs.</summary>
internal sealed class FrameCounter
{
    private readonly FrameHeader _header = new();
    private ulong _payloadLeft;

    internal bool IsBetweenFrames => _header.IsEmpty && _payloadLeft == 0;

    /// <summary>Counts <paramref name="bytes"/>, or only those up to the end of the frame that has begun; returns how many it counted.</summary>
    internal int Follow(ReadOnlySpan<byte> bytes, bool onlyThisFrame)
    {
        var at = 0;
        while (at < bytes.Length && !(onlyThisFrame && IsBetweenFrames))
        {
            if (_payloadLeft > 0)
            {
                var step = (int)Math.Min(_payloadLeft, (ulong)(bytes.Length - at));
                at += step;
                _payloadLeft -= (ulong)step;
                continue;
            }

            _header.Take(bytes[at++]);
            if (_header.IsComplete)
            {
                _payloadLeft = _header.PayloadSize;
                _header.Clear();
            }
        }

        return at;
    }
}
