namespace Waiide.Gateway.Activity;

/// <summary>Why this gateway stops, for those whose WebSockets end with it.</summary>
internal sealed class Farewell
{
    public Ending Reason { get; set; } = new(EndReason.GatewayStopping);
}
