using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A thing of the application: a name and a list of annotations that say the rest.</summary>
public interface IResource
{
    /// <summary>The name, unique within the application.</summary>
    string Name { get; }

    /// <summary>Everything else that is known about the resource.</summary>
    ResourceAnnotationCollection Annotations { get; }
}

/// <summary>A resource that other processes reach over the network.</summary>
public interface IResourceWithEndpoints : IResource;

/// <summary>A resource that is given environment variables.</summary>
public interface IResourceWithEnvironment : IResource;

/// <summary>A resource that is given command line arguments.</summary>
public interface IResourceWithArgs : IResource;

/// <summary>A resource that can wait for others before it starts.</summary>
public interface IResourceWithWaitSupport : IResource;

/// <summary>A resource that computes: something that can be published as a service of its own.</summary>
public interface IComputeResource : IResource;

/// <summary>Something that is known about a resource.</summary>
public interface IResourceAnnotation;

/// <summary>What is known about one resource, in the order in which it was said.</summary>
public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;

/// <summary>The usual base of a resource.</summary>
public abstract class Resource : IResource
{
    /// <summary>Creates a resource; a name has letters, digits and single hyphens and starts with a letter.</summary>
    protected Resource(string name)
    {
        ModelName.Validate(name);
        Name = name;
    }

    /// <inheritdoc />
    public virtual string Name { get; }

    /// <inheritdoc />
    public virtual ResourceAnnotationCollection Annotations { get; } = [];
}
