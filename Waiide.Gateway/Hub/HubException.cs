namespace Waiide.Gateway.Hub;

/// <summary>The hub could not be asked, or answered what nobody can use; <see cref="Status"/> is what a waiting browser is told.</summary>
internal sealed class HubException(int status, string message, Exception? inner = null) : Exception(message, inner)
{
    public int Status { get; } = status;

    /// <summary>Programs come back by themselves when they are told when.</summary>
    internal void SayWhenToRetry(HttpResponse response)
    {
        if (Status == StatusCodes.Status503ServiceUnavailable)
        {
            response.Headers.RetryAfter = "5";
        }
    }

    internal static HubException Unreachable(Exception inner) =>
        new(StatusCodes.Status503ServiceUnavailable, "The hub does not answer, so nobody can be identified at the moment.", inner);

    internal static HubException Crowded() =>
        new(StatusCodes.Status503ServiceUnavailable, "Too many unknown tokens and logins are waiting for the hub. Try again in a moment.");

    internal static HubException Unreadable(Exception inner) =>
        new(StatusCodes.Status502BadGateway, "The hub's answer cannot be read, so nobody can be identified at the moment.", inner);

    internal static HubException Unusable(string question, int status) =>
        new(StatusCodes.Status502BadGateway, $"The hub answered {status} when asked {question}.");
}
