using System.Diagnostics;

namespace Waiide.Gateway.Proxy;

internal sealed partial class Autopsy
{
    /// <summary>What is seen of one WebSocket while it lives. Who says goodbye first has ended it.</summary>
    internal sealed class Case(Connection connection, System.Diagnostics.Activity? span, GatewayMetrics metrics)
    {
        private readonly Lock _gate = new();
        private Ending? _first;

        internal Connection Connection => connection;

        /// <summary>Of the whole session; null where nobody collects spans.</summary>
        internal System.Diagnostics.Activity? Span => span;

        /// <summary>The first sign of an end that was seen on the wire.</summary>
        internal Ending? First
        {
            get
            {
                lock (_gate)
                {
                    return _first;
                }
            }
        }

        /// <summary>Bytes have come from the browser; none: it will send no more.</summary>
        internal void Receives(int length, FrameCounter frames, int newFrames)
        {
            if (length == 0)
            {
                Saw(EndReason.ClientVanished);
                return;
            }

            connection.CountIn(length, newFrames);
            metrics.SocketReceives(connection.Upstream.Kind, length);
            if (frames.SaidGoodbye)
            {
                Saw(EndReason.ClientClosed, frames);
            }
        }

        /// <summary>Bytes of the upstream go to the browser.</summary>
        internal void Sends(int length, FrameCounter frames, int newFrames)
        {
            connection.CountOut(length, newFrames);
            metrics.SocketSends(connection.Upstream.Kind, length);
            if (frames.SaidGoodbye)
            {
                Saw(EndReason.UpstreamClosed, frames);
            }
        }

        internal void Saw(EndReason reason, FrameCounter? goodbye = null)
        {
            lock (_gate)
            {
                _first ??= new Ending(reason, goodbye?.Goodbye() ?? "");
            }
        }

        internal void EndSpan(EndReasons.Row row, string sentence, DateTimeOffset at)
        {
            if (span is null)
            {
                return;
            }

            var (received, sent) = (connection.In, connection.Out);
            span.SetTag("waiide.websocket.end.reason", row.Name)
                .SetTag("waiide.websocket.end.sentence", sentence)
                .SetTag("waiide.websocket.received.bytes", received.Bytes)
                .SetTag("waiide.websocket.received.frames", received.Frames)
                .SetTag("waiide.websocket.sent.bytes", sent.Bytes)
                .SetTag("waiide.websocket.sent.frames", sent.Frames);
            if (row.IsTrouble)
            {
                span.SetStatus(ActivityStatusCode.Error, sentence);
            }

            span.SetEndTime(at.UtcDateTime);
            span.Dispose();
        }
    }
}
