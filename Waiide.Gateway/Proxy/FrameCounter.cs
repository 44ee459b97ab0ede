using System.Buffers.Binary;

namespace Waiide.Gateway.Proxy;

/// <summary>Follows the frames of one direction of a WebSocket, so that a frame of ours is only ever put between two of theirs (RFC 6455, section 5.2).</summary>
internal sealed class FrameCounter
{
    private readonly byte[] _header = new byte[14];
    private int _headerLength;
    private ulong _payloadLeft;

    internal bool IsBetweenFrames => _headerLength == 0 && _payloadLeft == 0;

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

            _header[_headerLength++] = bytes[at++];
            if (_headerLength >= 2 && _headerLength == HeaderSize())
            {
                _payloadLeft = PayloadSize();
                _headerLength = 0;
            }
        }

        return at;
    }

    private int HeaderSize()
    {
        var mask = (_header[1] & 0x80) != 0 ? 4 : 0;
        return mask + (_header[1] & 0x7F) switch { 126 => 4, 127 => 10, _ => 2 };
    }

    private ulong PayloadSize() => (_header[1] & 0x7F) switch
    {
        126 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
        127 => BinaryPrimitives.ReadUInt64BigEndian(_header.AsSpan(2)),
        var size => (ulong)size,
    };
}
