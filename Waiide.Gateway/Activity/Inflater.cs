using System.IO.Compression;

namespace Waiide.Gateway.Activity;

/// <summary>
/// Inflates one stream that goes on from message to message, as its pieces come. Messages that each begin anew (no_context_takeover) are read the same way: they refer to nothing before them.
/// </summary>
internal sealed class Inflater : IDisposable
{
    private readonly Taker _take;
    private readonly Feed _feed = new();
    private readonly DeflateStream _stream;

    internal Inflater(Taker take) => (_take, _stream) = (take, new DeflateStream(_feed, CompressionMode.Decompress));

    /// <summary>Passes on what comes of the next piece; throws <see cref="InvalidDataException"/> where it is not deflated.</summary>
    internal void Take(ReadOnlySpan<byte> deflated)
    {
        _feed.Bytes = deflated.ToArray();
        Span<byte> inflated = stackalloc byte[2 * 1024]; // None is kept while the socket is quiet.
        while (_stream.Read(inflated) is > 0 and var length)
        {
            _take(inflated[..length]);
        }

        if (_feed.Bytes.Length > 0)
        {
            throw new InvalidDataException("a compressed message goes on after its end");
        }
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Gives what there is, and for the moment nothing more; a DeflateStream that has come to such an end asks again when it is read again.</summary>
    private sealed class Feed : Stream
    {
        internal ReadOnlyMemory<byte> Bytes { get; set; }

        public override bool CanRead => true;

        public override bool CanWrite => false;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var length = Math.Min(buffer.Length, Bytes.Length);
            Bytes.Span[..length].CopyTo(buffer);
            Bytes = Bytes[length..];
            return length;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
