namespace Aspire.Hosting.ApplicationModel;

/// <summary>Names a registered health check that decides about a resource's health.</summary>
public class HealthCheckAnnotation : IResourceAnnotation
{
    /// <summary>Names the check.</summary>
    public HealthCheckAnnotation(string key) => Key = key;

    /// <summary>The name under which the check is registered.</summary>
    public string Key { get; }
}

/// <summary>The resource starts only when somebody starts it.</summary>
public sealed class ExplicitStartupAnnotation : IResourceAnnotation;

/// <summary>A resource that has to do with this one, and how.</summary>
public sealed class ResourceRelationshipAnnotation : IResourceAnnotation
{
    /// <summary>Names the other resource and the kind of relationship.</summary>
    public ResourceRelationshipAnnotation(IResource resource, string type)
    {
        Resource = resource;
        Type = type;
    }

    /// <summary>The other resource.</summary>
    public IResource Resource { get; }

    /// <summary>The kind: Reference, WaitFor or Parent.</summary>
    public string Type { get; }
}

/// <summary>What a resource of its own kind shows before anything is published about it.</summary>
public sealed class ResourceSnapshotAnnotation : IResourceAnnotation
{
    /// <summary>Gives the first snapshot.</summary>
    public ResourceSnapshotAnnotation(CustomResourceSnapshot initialSnapshot) => InitialSnapshot = initialSnapshot;

    /// <summary>The first snapshot.</summary>
    public CustomResourceSnapshot InitialSnapshot { get; }
}

/// <summary>Which variant of an icon is shown.</summary>
public enum IconVariant
{
    /// <summary>An outline.</summary>
    Regular,

    /// <summary>A filled shape.</summary>
    Filled,
}

/// <summary>Decides how a resource is written into a manifest.</summary>
public class ManifestPublishingCallbackAnnotation : IResourceAnnotation
{
    private ManifestPublishingCallbackAnnotation()
    {
    }

    /// <summary>The resource is left out.</summary>
    public static ManifestPublishingCallbackAnnotation Ignore { get; } = new();
}
