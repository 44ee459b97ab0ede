namespace Waiide.Gateway.Activity;

/// <summary>
/// Takes the frames that a browser sends apart, inflates what was deflated (RFC 7692) and passes on what the messages hold. Keeping the compression out of the handshake would be simpler,
/// but a cold start of the workbench would then load 12 MB over this socket instead of 1.1 MB.
/// </summary>
/// <param name="take">Gets the next bytes of the messages.</param>
/// <param name="ended">Called where a message ends, for those to whom that matters.</param>
internal sealed class BrowserFrames(Taker take, Action? ended = null) : IDisposable
{
    // On the stack: thousands of sockets that are quiet keep no buffers.
    private const int PieceLength = 2 * 1024;

    // What a sender cuts off at the end of each deflated message (RFC 7692, section 7.2.1).
    private static readonly byte[] EndOfMessage = [0, 0, 0xFF, 0xFF];

    private readonly FrameHeader _header = new();
    private ulong _payloadLeft;
    private int _maskAt;
    private bool _isDeflated;
    private Inflater? _inflater;

    internal void Follow(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_payloadLeft > 0)
            {
                var length = (int)Math.Min(_payloadLeft, (ulong)Math.Min(PieceLength, bytes.Length));
                TakePayload(bytes[..length]);
                bytes = bytes[length..];
            }
            else
            {
                _header.Take(bytes[0]);
                bytes = bytes[1..];
                if (!_header.IsComplete)
                {
                    continue;
                }

                (_payloadLeft, _maskAt) = (_header.PayloadSize, 0);
                _isDeflated = _header.IsControl || _header.IsContinuation ? _isDeflated : _header.IsDeflated;
            }

            if (_payloadLeft == 0)
            {
                End();
            }
        }
    }

    public void Dispose() => _inflater?.Dispose();

    private void TakePayload(ReadOnlySpan<byte> payload)
    {
        _payloadLeft -= (ulong)payload.Length;
        if (_header.IsControl)
        {
            return;
        }

        Span<byte> piece = stackalloc byte[PieceLength];
        piece = piece[..payload.Length];
        payload.CopyTo(piece);
        if (_header.Mask is { IsEmpty: false } mask)
        {
            for (var at = 0; at < piece.Length; at++)
            {
                piece[at] ^= mask[_maskAt++ & 3];
            }
        }

        Pass(piece);
    }

    private void End()
    {
        if (!_header.IsControl && _header.IsFinal)
        {
            if (_isDeflated)
            {
                Pass(EndOfMessage);
            }

            ended?.Invoke();
        }

        _header.Clear();
    }

    private void Pass(ReadOnlySpan<byte> piece)
    {
        if (_isDeflated)
        {
            (_inflater ??= new Inflater(take)).Take(piece);
        }
        else
        {
            take(piece);
        }
    }
}

/// <summary>Where the next bytes of a stream go.</summary>
internal delegate void Taker(ReadOnlySpan<byte> bytes);
