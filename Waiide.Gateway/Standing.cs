namespace Waiide.Gateway;

/// <summary>
/// Whether what somebody was let in for still holds: authentication leaves this with the request (as a feature), and whatever outlives that moment, a WebSocket above
/// all, is asked about again by <see cref="StandingWatch"/>.
/// </summary>
/// <param name="Objection">
/// Asks anew, the hub if need be: null while it holds, else the reason. Where it cannot be told, it holds.
/// </param>
internal sealed record Standing(Func<Task<EndReason?>> Objection)
{
    /// <summary>Of those who need no permission, and of requests that nobody asked about.</summary>
    internal static readonly Standing Firm = new(() => Task.FromResult<EndReason?>(null));

    internal static Standing Of(HttpContext context) => context.Features.Get<Standing>() ?? Firm;
}
