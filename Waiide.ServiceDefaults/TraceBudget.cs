namespace Waiide.ServiceDefaults;

/// <summary>
/// Has every request traced that a person can cause, and of a flood only so many a second: a trace costs several times what forwarding a request does, and it is not for the gateway to be slow, or a collector to be
/// drowned, because somebody downloads a tree of small files. Whoever wants all or fewer says so by OTEL_TRACES_SAMPLER.
/// </summary>
internal sealed class TraceBudget(TimeProvider clock)
{
    // A cold load of the workbench is a hundred requests, and several windows may open at once.
    private const int AtOnce = 1000;
    private const int EachSecond = 50;

    private readonly Lock _gate = new();
    private double _left = AtOnce;
    private long _at = clock.GetTimestamp();

    /// <summary>Whether one more request may be traced now.</summary>
    public bool TryTake()
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
