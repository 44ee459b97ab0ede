using System.Buffers.Binary;
using System.Text;
using Waiide.Gateway.Activity;

namespace Waiide.Gateway.Proxy;

/// <summary>Follows the frames of one direction of a WebSocket: a frame of ours is only ever put between two of theirs, and their own goodbye is read.</summary>
internal sealed class FrameCounter
{
    // Of a control frame: RFC 6455, section 5.5.
    private const int LongestGoodbye = 125;

    private readonly FrameHeader _header = new();
    private byte[]? _goodbye;
    private int _goodbyeLength;
    private ulong _payloadLeft;
    private byte[]? _mask;

    internal bool IsBetweenFrames => _header.IsEmpty && _payloadLeft == 0;

    /// <summary>How many frames have begun.</summary>
    internal int Frames { get; private set; }

    /// <summary>A close frame has come, in full.</summary>
    internal bool SaidGoodbye => _goodbye is { } goodbye && _goodbyeLength == goodbye.Length;

    /// <summary>What it says, such as " (code 1001)", with its words where there are any; "" where it says nothing.</summary>
    internal string Goodbye()
    {
        if (_goodbyeLength < 2)
        {
            return "";
        }

        var (code, words) = (BinaryPrimitives.ReadUInt16BigEndian(_goodbye), new LogText(Encoding.UTF8.GetString(_goodbye!, 2, _goodbyeLength - 2)).ToString());
        return words.Length == 0 ? $" (code {code})" : $" (code {code}, \"{words}\")";
    }

    /// <summary>Counts <paramref name="bytes"/>, or only those up to the end of the frame that has begun; returns how many it counted.</summary>
    internal int Follow(ReadOnlySpan<byte> bytes, bool onlyThisFrame)
    {
        var at = 0;
        while (at < bytes.Length && !(onlyThisFrame && IsBetweenFrames))
        {
            if (_payloadLeft > 0)
            {
                var step = (int)Math.Min(_payloadLeft, (ulong)(bytes.Length - at));
                Keep(bytes.Slice(at, step));
                at += step;
                _payloadLeft -= (ulong)step;
                continue;
            }

            _header.Take(bytes[at++]);
            if (_header.IsComplete)
            {
                Begin();
            }
        }

        return at;
    }

    private void Begin()
    {
        Frames++;
        _payloadLeft = _header.PayloadSize;

        // The first counts; nothing may follow it.
        if (_header.IsClose && _goodbye is null && _payloadLeft <= LongestGoodbye)
        {
            _goodbye = new byte[_payloadLeft];
            _mask = _header.Mask.ToArray();
        }

        _header.Clear();
    }

    private void Keep(ReadOnlySpan<byte> payload)
    {
        if (_goodbye is null || _goodbyeLength == _goodbye.Length)
        {
            return;
        }

        foreach (var letter in payload)
        {
            _goodbye[_goodbyeLength] = _mask is { Length: 4 } mask ? (byte)(letter ^ mask[_goodbyeLength & 3]) : letter;
            _goodbyeLength++;
        }
    }
}
