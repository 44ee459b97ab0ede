namespace Waiide.Gateway;

/// <summary>
/// Whether what somebody was let in for still holds: authentication leaves this with the request (as a feature), and whatever outlives the request, a WebSocket above
/// all, asks again from time to time.
/// </summary>
/// <param name="Holds">Asks anew, the hub if need be; throws nothing that the asker has to know: where it cannot be told, the answer is that it holds.</param>
internal sealed record Standing(Func<Task<bool>> Holds)
{
    /// <summary>Of those who need no permission, and of requests that nobody asked about.</summary>
    internal static readonly Standing Firm = new(() => Task.FromResult(true));

    internal static Standing Of(HttpContext context) => context.Features.Get<Standing>() ?? Firm;
}
