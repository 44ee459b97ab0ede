using System.Diagnostics;
using OpenTelemetry;

namespace Waiide.ServiceDefaults;

/// <summary>A call to somebody who has no telemetry is named after them where the span around it says who they are.</summary>
internal sealed class PeerSpans : BaseProcessor<Activity>
{
    private const string Peer = "peer.service";

    public override void OnStart(Activity data)
    {
        if (data.Kind == ActivityKind.Client && data.Parent?.GetTagItem(Peer) is { } peer)
        {
            data.SetTag(Peer, peer);
        }
    }
}
