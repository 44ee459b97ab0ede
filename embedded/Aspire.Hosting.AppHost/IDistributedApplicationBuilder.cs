using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>An application while it is being described.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>The AppHost's configuration.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>The folder of the AppHost's project; relative paths of resources start here.</summary>
    string AppHostDirectory { get; }

    /// <summary>The AppHost's assembly.</summary>
    Assembly? AppHostAssembly { get; }

    /// <summary>The AppHost's environment, such as Development.</summary>
    IHostEnvironment Environment { get; }

    /// <summary>The AppHost's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>Where handlers for events are registered.</summary>
    IDistributedApplicationEventing Eventing { get; }

    /// <summary>What the AppHost was started for.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>The resources so far.</summary>
    IResourceCollection Resources { get; }

    /// <summary>Adds a resource.</summary>
    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    /// <summary>Goes on describing a resource.</summary>
    IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource;

    /// <summary>Finishes the description.</summary>
    DistributedApplication Build();
}

/// <summary>Finding resources that were added before.</summary>
public static class DistributedApplicationBuilderExtensions
{
    /// <summary>Goes on describing the resource of this name.</summary>
    public static IResourceBuilder<T> CreateResourceBuilder<T>(this IDistributedApplicationBuilder builder, string name)
        where T : IResource
    {
        if (!builder.Resources.TryGetByName(name, out var resource))
        {
            throw new InvalidOperationException($"There is no resource '{name}'; there are {string.Join(", ", builder.Resources.Select(known => $"'{known.Name}'"))}.");
        }

        return resource is T wanted
            ? builder.CreateResourceBuilder(wanted)
            : throw new InvalidOperationException($"Resource '{name}' is a {resource.GetType().Name}, not a {typeof(T).Name}.");
    }
}
