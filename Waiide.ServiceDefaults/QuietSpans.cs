using System.Diagnostics;
using OpenTelemetry;

namespace Waiide.ServiceDefaults;

/// <summary>Leaves out of the traces what nobody asked for: probes in both directions, and with them everything they cause.</summary>
internal sealed class QuietSpans : BaseProcessor<Activity>
{
    /// <inheritdoc/>
    public override void OnStart(Activity data)
    {
        // A call that no request caused is a probe or a report of ours; below a span that is left out, another would be an orphan.
        var unasked = data.Kind == ActivityKind.Client && data.ParentSpanId == default;
        if (unasked || data.Parent is { Recorded: false } || IsLeftOutByCaller(data))
        {
            LeaveOut(data);
        }
    }

    // "00-<trace>-<span>-00": what a caller whom we believe has left out of its traces. A sampler that is always on would take it in.
    private static bool IsLeftOutByCaller(Activity data) => data.HasRemoteParent && data.ParentId is [.., var flags] && "02468ace".Contains(flags, StringComparison.Ordinal);

    internal static void LeaveOut(Activity? activity)
    {
        if (activity is not null)
        {
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
