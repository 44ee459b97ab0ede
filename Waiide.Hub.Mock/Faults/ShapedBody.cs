namespace Waiide.Hub.Mock.Faults;

/// <summary>The body of an answer on its way out, of which <paramref name="write"/> makes what it likes.</summary>
internal sealed class ShapedBody(Stream client, Func<ReadOnlyMemory<byte>, CancellationToken, Task> write) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>A trickle: so many bytes per second, in pieces.</summary>
    public static ShapedBody Slow(Stream client, int rate) => new(client, async (bytes, cancellation) =>
    {
        var piece = Math.Max(1, rate / 10);
        for (var at = 0; at < bytes.Length; at += piece)
        {
            var next = bytes[at..Math.Min(bytes.Length, at + piece)];
            await client.WriteAsync(next, cancellation);
            await client.FlushAsync(cancellation);
            await Task.Delay(TimeSpan.FromSeconds((double)next.Length / rate), cancellation);
        }
    });

    /// <summary>Lets so many bytes through (by default half of the first piece), then tells <paramref name="cut"/>.</summary>
    public static ShapedBody Cut(Stream client, int? bytes, Func<Task> cut)
    {
        var left = bytes;
        return new(client, async (piece, cancellation) =>
        {
            left ??= piece.Length / 2;
            var next = piece[..Math.Min(piece.Length, left.Value)];
            left -= next.Length;
            await client.WriteAsync(next, cancellation);
            await client.FlushAsync(cancellation);
            if (next.Length < piece.Length)
            {
                await cut();
            }
        });
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => await write(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => write(buffer.AsMemory(offset, count), cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => client.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("An answer is written.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The hub writes asynchronously.");

    public override void Flush() => throw new NotSupportedException("The hub writes asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
