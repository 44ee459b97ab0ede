using System.Collections.ObjectModel;
using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resources of an application; names are unique, whatever their case.</summary>
public interface IResourceCollection : IList<IResource>
{
    /// <summary>Finds a resource by its name.</summary>
    bool TryGetByName(string name, [NotNullWhen(true)] out IResource? resource);
}

/// <inheritdoc cref="IResourceCollection" />
internal sealed class ResourceCollection : Collection<IResource>, IResourceCollection
{
    public bool TryGetByName(string name, [NotNullWhen(true)] out IResource? resource)
    {
        resource = this.FirstOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
        return resource is not null;
    }

    protected override void InsertItem(int index, IResource item)
    {
        if (TryGetByName(item.Name, out var present))
        {
            throw new DistributedApplicationException($"There are two resources named '{item.Name}': a {present.GetType().Name} and a {item.GetType().Name}. Rename one of them.");
        }

        base.InsertItem(index, item);
    }
}

/// <summary>The finished description of the application.</summary>
public class DistributedApplicationModel
{
    /// <summary>Creates the model of these resources.</summary>
    public DistributedApplicationModel(IResourceCollection resources) => Resources = resources;

    /// <summary>The resources, in the order in which they were added.</summary>
    public IResourceCollection Resources { get; }
}
