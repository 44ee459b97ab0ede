using System.Buffers.Binary;

namespace Waiide.Gateway.Activity;

/// <summary>
/// Cuts what VS Code's client sends into messages and passes on the sign of each. A message has a header of 13 bytes: its type, its number, the number of the last one received, its length.
/// </summary>
internal sealed class ClientMessages(Action<Sign> report)
{
    private const int HeaderLength = 13;
    private const int HeadLength = 256;
    private const int TailLength = 8;
    private const int LargestType = 9;
    private const byte Regular = 1;
    private const byte Control = 2;

    private readonly byte[] _header = new byte[HeaderLength];
    private readonly byte[] _head = new byte[HeadLength];
    private readonly byte[] _tail = new byte[TailLength];
    private int _headerLength;
    private int _headLength;
    private int _tailLength;
    private uint _left;
    private bool? _toExtensionHost;

    internal void Take(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = _headerLength < HeaderLength ? TakeHeader(bytes) : TakeBody(bytes);
            if (_headerLength == HeaderLength && _left == 0)
            {
                report(Read());
                (_headerLength, _headLength, _tailLength) = (0, 0, 0);
            }
        }
    }

    private ReadOnlySpan<byte> TakeHeader(ReadOnlySpan<byte> bytes)
    {
        var step = Math.Min(HeaderLength - _headerLength, bytes.Length);
        bytes[..step].CopyTo(_header.AsSpan(_headerLength));
        _headerLength += step;
        if (_headerLength == HeaderLength)
        {
            _left = BinaryPrimitives.ReadUInt32BigEndian(_header.AsSpan(9));
            if (_header[0] is 0 or > LargestType)
            {
                throw new InvalidDataException($"there is no message of type {_header[0]}");
            }
        }

        return bytes[step..];
    }

    private ReadOnlySpan<byte> TakeBody(ReadOnlySpan<byte> bytes)
    {
        var body = bytes[..(int)Math.Min(_left, (uint)bytes.Length)];
        var toHead = body[..Math.Min(HeadLength - _headLength, body.Length)];
        toHead.CopyTo(_head.AsSpan(_headLength));
        _headLength += toHead.Length;

        var toTail = body[Math.Max(0, body.Length - TailLength)..];
        var kept = Math.Min(_tailLength, TailLength - toTail.Length);
        _tail.AsSpan(_tailLength - kept, kept).CopyTo(_tail);
        toTail.CopyTo(_tail.AsSpan(kept));
        _tailLength = kept + toTail.Length;

        _left -= (uint)body.Length;
        return bytes[body.Length..];
    }

    private Sign Read()
    {
        var head = _head.AsSpan(0, _headLength);
        switch (_header[0])
        {
            // The client says once what it wants: {"type":"connectionType", …,"desiredConnectionType":2, …}; 1 is the server itself.
            case Control when head.IndexOf("\"connectionType\""u8) >= 0:
                _toExtensionHost = head.IndexOf("\"desiredConnectionType\":2"u8) >= 0;
                return _toExtensionHost.Value ? Sign.WindowConnects : Sign.None;
            case Regular when _toExtensionHost is null:
                throw new InvalidDataException("a message came before it was said what for");
            case Regular:
                return Signs.Of(_toExtensionHost!.Value, head, _tail.AsSpan(0, _tailLength));
            default:
                return Sign.None;
        }
    }
}
