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
        if (unasked || data.Parent is { Recorded: false })
        {
            LeaveOut(data);
        }
    }

    internal static void LeaveOut(Activity? activity)
    {
        if (activity is not null)
        {
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
