namespace Waiide.Gateway.Activity;

/// <summary>Why this gateway stops, for those whose WebSockets end with it; at most 40 characters go into a close frame.</summary>
internal sealed class Farewell
{
    public string Reason { get; set; } = "The gateway is stopping.";
}
