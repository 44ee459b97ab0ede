namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource at one moment.</summary>
public class ResourceEvent
{
    /// <summary>Creates the event.</summary>
    public ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
    {
        Resource = resource;
        ResourceId = resourceId;
        Snapshot = snapshot;
    }

    /// <summary>The resource.</summary>
    public IResource Resource { get; }

    /// <summary>The name of the running thing.</summary>
    public string ResourceId { get; }

    /// <summary>What is shown about it.</summary>
    public CustomResourceSnapshot Snapshot { get; }

    /// <summary>Whether it was not healthy in time to be waited for any longer.</summary>
    internal bool IsUnavailable => Snapshot.State.IsTerminal() || Snapshot.State.Is(KnownResourceStates.RuntimeUnhealthy);
}
