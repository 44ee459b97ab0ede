using System.Buffers.Binary;

namespace Waiide.Gateway.Activity;

/// <summary>The header of one frame of a WebSocket, taken in byte by byte as it comes (RFC 6455, section 5.2).</summary>
internal sealed class FrameHeader
{
    private readonly byte[] _bytes = new byte[14];
    private int _length;

    public bool IsEmpty => _length == 0;

    public bool IsComplete => _length >= 2 && _length == Size;

    public bool IsFinal => (_bytes[0] & 0x80) != 0;

    /// <summary>The bit that permessage-deflate uses, on the first frame of a message.</summary>
    public bool IsDeflated => (_bytes[0] & 0x40) != 0;

    public bool IsControl => (_bytes[0] & 0x08) != 0;

    public bool IsClose => (_bytes[0] & 0x0F) == 0x08;

    public bool IsContinuation => (_bytes[0] & 0x0F) == 0;

    public ulong PayloadSize => (_bytes[1] & 0x7F) switch
    {
        126 => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(2)),
        127 => BinaryPrimitives.ReadUInt64BigEndian(_bytes.AsSpan(2)),
        var size => (ulong)size,
    };

    /// <summary>The four bytes that the payload is masked with; empty where it is not.</summary>
    public ReadOnlySpan<byte> Mask => IsMasked ? _bytes.AsSpan(Size - 4, 4) : [];

    private bool IsMasked => (_bytes[1] & 0x80) != 0;

    private int Size => (IsMasked ? 4 : 0) + (_bytes[1] & 0x7F) switch { 126 => 4, 127 => 10, _ => 2 };

    public void Take(byte next) => _bytes[_length++] = next;

    public void Clear() => _length = 0;
}
