namespace Waiide.Hub.Mock.Faults;

/// <summary>The hub's clock, off by as much as its faults say. How long something takes is measured by another.</summary>
internal sealed class SkewedClock(FaultList faults) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + faults.ClockSkew;
}
