namespace Waiide.Hub.Mock;

/// <summary>An answer other than success: its status, and the sentence that JupyterHub says with it.</summary>
internal sealed class HubError(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>When to try again; null: nothing is said of it.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
