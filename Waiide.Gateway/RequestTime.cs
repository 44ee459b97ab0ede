using System.Diagnostics;

namespace Waiide.Gateway;

/// <summary>How far one request is, for the metrics; a feature of the request.</summary>
internal sealed class RequestTime(GatewayMetrics metrics)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _asked;

    /// <summary>Who has the answer; "none": the gateway itself.</summary>
    internal string Upstream { get; private set; } = "none";

    internal TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    internal void Asks(Upstream upstream)
    {
        (Upstream, _asked) = (upstream.Kind, Stopwatch.GetTimestamp());
        metrics.AskedUpstream(Upstream, Elapsed);
    }

    internal void HasAnswer() => metrics.UpstreamAnswered(Upstream, Stopwatch.GetElapsedTime(_asked));
}
