namespace Waiide.Gateway.Activity;

/// <summary>
/// How long a server has not been used, in steps that its process has seen pass. A step much longer than asked for means that the machine was asleep or stood still, and nobody could
/// have used anything: only as much of it counts as was asked for.
/// </summary>
internal sealed class UnusedTime(TimeSpan step)
{
    internal TimeSpan Total { get; private set; }

    internal void Pass(TimeSpan elapsed, bool wasUsed) => Total = wasUsed ? TimeSpan.Zero : Total + (elapsed > 3 * step ? step : elapsed);
}
