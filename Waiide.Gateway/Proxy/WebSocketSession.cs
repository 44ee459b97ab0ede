using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Waiide.Gateway.Activity;
using Yarp.ReverseProxy.Forwarder;

namespace Waiide.Gateway.Proxy;

/// <summary>One WebSocket on its way through: bytes pass as they are, and when the gateway has to end it, the browser gets a close frame that says why.</summary>
internal sealed class WebSocketSession : IHttpUpgradeFeature, IDisposable
{
    // For a browser to answer the close frame, which ends the session from the other side. One that does not is cut.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly IHttpUpgradeFeature _server;
    private readonly OpenWebSockets _open;
    private readonly SocketUse _use;
    private readonly Autopsy _autopsy;
    private readonly Autopsy.Case _case;
    private readonly CancellationTokenSource _cut = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile BrowserSide? _browser;

    public WebSocketSession(IHttpUpgradeFeature server, OpenWebSockets open, SocketUse use, Standing standing, Autopsy autopsy, Autopsy.Case @case)
    {
        (_server, _open, _use, Standing, _autopsy, _case) = (server, open, use, standing, autopsy, @case);
        open.Add(this);
    }

    /// <summary>Whether the person who opened it may still have it open.</summary>
    public Standing Standing { get; }

    /// <summary>Why the gateway has ended it; null: it has not.</summary>
    public Ending? Goodbye { get; private set; }

    /// <summary>False until the IDE has agreed to it.</summary>
    public bool IsOpen => _browser is not null;

    /// <summary>Ends the forwarding without further words.</summary>
    public CancellationToken Cut => _cut.Token;

    public bool IsUpgradableRequest => _server.IsUpgradableRequest;

    public async Task<Stream> UpgradeAsync()
    {
        Cut.ThrowIfCancellationRequested();
        _browser = new BrowserSide(await _server.UpgradeAsync(), _use, _case);
        _autopsy.Opened(_case);
        return _browser;
    }

    public async Task CloseAsync(Ending why)
    {
        Goodbye ??= why;
        if (_browser is { } browser)
        {
            await browser.SayGoodbyeAsync(why.Reason.Entry().Code, why.Reason.Entry().Words, Farewell);
            await Task.WhenAny(_ended.Task, Task.Delay(Farewell));
        }

        await _cut.CancelAsync();
    }

    /// <summary>Says what became of it, before it is disposed of.</summary>
    internal void HasEnded(HttpContext context, ForwarderError error) => _autopsy.Examine(_case, Goodbye, context, error);

    // The source of the cut stays: it has nothing to give back, and somebody may just be about to use it.
    public void Dispose()
    {
        _open.Remove(this);
        _ended.TrySetResult();
        _use.Dispose();
    }

    /// <summary>The stream to the browser.</summary>
    private sealed class BrowserSide(Stream inner, SocketUse use, Autopsy.Case @case) : Stream
    {
        private readonly SemaphoreSlim _writing = new(1);
        private readonly FrameCounter _frames = new();
        private readonly FrameCounter _framesOfBrowser = new();
        private byte[]? _goodbye;
        private bool _saidGoodbye;

        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public async Task SayGoodbyeAsync(ushort code, string reason, TimeSpan limit)
        {
            _goodbye = CloseFrame(code, reason);
            if (!await _writing.WaitAsync(limit))
            {
                return; // The browser takes nothing more in, not even a goodbye.
            }

            try
            {
                await SayItAsync(CancellationToken.None).WaitAsync(limit);
            }
            catch (Exception failure) when (failure is IOException or TimeoutException or OperationCanceledException or ObjectDisposedException)
            {
                // The browser was faster.
            }
            finally
            {
                _writing.Release();
            }
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await _writing.WaitAsync(cancellationToken);
            try
            {
                // Nothing may follow a close frame, so the upstream talks to nobody from then on.
                if (!_saidGoodbye)
                {
                    var before = _frames.Frames;
                    var length = _frames.Follow(buffer.Span, onlyThisFrame: _goodbye is not null);
                    @case.Sends(length, _frames, _frames.Frames - before);
                    await inner.WriteAsync(buffer[..length], cancellationToken);
                    await SayItAsync(cancellationToken);
                }
            }
            catch (IOException)
            {
                @case.Saw(EndReason.ClientVanished);
                throw;
            }
            finally
            {
                _writing.Release();
            }
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int length;
            try
            {
                length = await inner.ReadAsync(buffer, cancellationToken);
            }
            catch (IOException)
            {
                @case.Saw(EndReason.ClientVanished);
                throw;
            }

            if (buffer.IsEmpty)
            {
                return length; // A look whether something is there.
            }

            var before = _framesOfBrowser.Frames;
            _framesOfBrowser.Follow(buffer.Span[..length], onlyThisFrame: false);
            @case.Receives(length, _framesOfBrowser, _framesOfBrowser.Frames - before);
            use.Saw(buffer.Span[..length]);
            return length;
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }

        private async Task SayItAsync(CancellationToken cancellationToken)
        {
            if (_goodbye is { } frame && !_saidGoodbye && _frames.IsBetweenFrames)
            {
                _saidGoodbye = true;
                await inner.WriteAsync(frame, cancellationToken);
            }
        }

        // 0x88 is FIN and the opcode of a close frame; control frames have at most 125 bytes: two of the code, the rest of the reason.
        private static byte[] CloseFrame(ushort code, string reason)
        {
            var text = Encoding.UTF8.GetBytes(reason.Length <= 40 ? reason : reason[..40]);
            var frame = new byte[4 + text.Length];
            frame[0] = 0x88;
            frame[1] = (byte)(2 + text.Length);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), code);
            text.CopyTo(frame, 4);
            return frame;
        }
    }
}
