using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Waiide.ServiceDefaults;

/// <summary>
/// Traces every request that a person can cause, and of a flood only so many a second: a trace costs several times what forwarding a request does, and it is not for the gateway to be slow, or a collector to be drowned,
/// because somebody downloads a tree of small files. Whoever wants all or fewer says so by OTEL_TRACES_SAMPLER.
/// </summary>
internal sealed class RequestSampler(TimeProvider clock) : Sampler
{
    // A cold load of the workbench is a hundred requests, and several windows may open at once.
    private const int AtOnce = 1000;
    private const int EachSecond = 50;

    private readonly Lock _gate = new();
    private double _left = AtOnce;
    private long _at = clock.GetTimestamp();

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
    {
        // What belongs to something that is left out is left out with it; every part of a request that is traced is traced, and so is what the process does by itself.
        var parent = samplingParameters.ParentContext;
        var isLeftOut = parent != default && !parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
        return new SamplingResult(!isLeftOut && (samplingParameters.Kind != ActivityKind.Server || Take()));
    }

    private bool Take()
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            _left = Math.Min(AtOnce, _left + (clock.GetElapsedTime(_at, now).TotalSeconds * EachSecond));
            _at = now;
            if (_left < 1)
            {
                return false;
            }

            _left--;
            return true;
        }
    }
}
