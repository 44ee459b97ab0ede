using Microsoft.AspNetCore.Http.Features;

namespace Waiide.Hub.Mock.Front;

/// <summary>The bytes of a client on their way through the proxy: reading any tells <paramref name="onRead"/>.</summary>
internal sealed class ActivityStream(Stream client, Action onRead) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => client.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await client.ReadAsync(buffer, cancellationToken);
        if (read > 0)
        {
            onRead();
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => client.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        client.WriteAsync(buffer, offset, count, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => client.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The proxy reads asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The proxy writes asynchronously.");

    public override void Flush() => throw new NotSupportedException("The proxy writes asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await client.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            client.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>The same for a connection that becomes a WebSocket.</summary>
internal sealed class ActivityUpgrade(IHttpUpgradeFeature client, Action onRead) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => client.IsUpgradableRequest;

    public async Task<Stream> UpgradeAsync() => new ActivityStream(await client.UpgradeAsync(), onRead);
}
