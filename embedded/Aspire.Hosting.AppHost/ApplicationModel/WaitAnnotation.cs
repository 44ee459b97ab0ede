namespace Aspire.Hosting.ApplicationModel;

/// <summary>What is waited for.</summary>
public enum WaitType
{
    /// <summary>The resource runs, its health checks pass and its ready handlers are done.</summary>
    WaitUntilHealthy,

    /// <summary>The resource has ended.</summary>
    WaitForCompletion,

    /// <summary>The resource runs.</summary>
    WaitUntilStarted,
}

/// <summary>What becomes of waiting when the resource cannot get there any more by itself.</summary>
public enum WaitBehavior
{
    /// <summary>It goes on: somebody may start the resource.</summary>
    WaitOnResourceUnavailable,

    /// <summary>It fails.</summary>
    StopOnResourceUnavailable,
}

/// <summary>A resource that has to get somewhere before this one starts.</summary>
public sealed class WaitAnnotation : IResourceAnnotation
{
    /// <summary>Names the resource and what is waited for.</summary>
    public WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0)
    {
        Resource = resource;
        WaitType = waitType;
        ExitCode = exitCode;
    }

    /// <summary>The resource that is waited for.</summary>
    public IResource Resource { get; }

    /// <summary>What is waited for.</summary>
    public WaitType WaitType { get; }

    /// <summary>The exit code that counts as completion.</summary>
    public int ExitCode { get; }

    /// <summary>What happens when the resource becomes unavailable; null: <see cref="WaitBehavior.StopOnResourceUnavailable"/>.</summary>
    public WaitBehavior? WaitBehavior { get; set; }
}
