using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Questions about a resource.</summary>
public static class ResourceExtensions
{
    /// <summary>The annotation of this type that was added last.</summary>
    public static bool TryGetLastAnnotation<T>(this IResource resource, [NotNullWhen(true)] out T? annotation)
        where T : IResourceAnnotation
    {
        annotation = resource.Annotations.OfType<T>().LastOrDefault();
        return annotation is not null;
    }

    /// <summary>All annotations of this type; false when there is none.</summary>
    public static bool TryGetAnnotationsOfType<T>(this IResource resource, [NotNullWhen(true)] out IEnumerable<T>? result)
        where T : IResourceAnnotation
    {
        var found = resource.Annotations.OfType<T>().ToArray();
        result = found.Length > 0 ? found : null;
        return result is not null;
    }

    /// <summary>Whether there is an annotation of this type.</summary>
    public static bool HasAnnotationOfType<T>(this IResource resource)
        where T : IResourceAnnotation => resource.Annotations.OfType<T>().Any();

    /// <summary>References to all endpoints of the resource.</summary>
    public static IEnumerable<EndpointReference> GetEndpoints(this IResourceWithEndpoints resource) =>
        resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => new EndpointReference(resource, endpoint)).ToArray();

    /// <summary>A reference to an endpoint by its name; it may be added later.</summary>
    public static EndpointReference GetEndpoint(this IResourceWithEndpoints resource, string endpointName) => new(resource, endpointName);

    /// <summary>
    /// The name of the running thing, which differs from run to run (<c>gateway-htnezcjz</c>), where the resource is one that this AppHost starts; else the resource's name.
    /// </summary>
    internal static string InstanceId(this IResource resource)
    {
        if (resource is not (ProjectResource or ExecutableResource or ContainerResource))
        {
            return resource.Name;
        }

        lock (resource.Annotations)
        {
            if (!resource.TryGetLastAnnotation<InstanceAnnotation>(out var instance))
            {
                instance = new InstanceAnnotation(RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz", 8));
                resource.Annotations.Add(instance);
            }

            return $"{resource.Name}-{instance.Suffix}";
        }
    }

    /// <summary>Says what <see cref="InstanceId"/> ends in, for a resource that is found again by it.</summary>
    internal static void NameInstance(this IResource resource, string suffix)
    {
        lock (resource.Annotations)
        {
            resource.Annotations.Add(new InstanceAnnotation(suffix));
        }
    }

    /// <summary>Whether it is a container that stays when the application ends.</summary>
    internal static bool IsPersistent(this IResource resource) =>
        resource.TryGetLastAnnotation<ContainerLifetimeAnnotation>(out var lifetime) && lifetime.Lifetime == ContainerLifetime.Persistent;

    /// <summary>The part of <see cref="InstanceId"/> that differs from run to run.</summary>
    internal static string InstanceSuffix(this IResource resource) => resource.InstanceId()[(resource.Name.Length + 1)..];

    /// <summary>The endpoint that is meant when none is named: https before http before whatever there is.</summary>
    internal static EndpointReference DefaultEndpoint(this IResourceWithEndpoints resource)
    {
        var endpoints = resource.GetEndpoints().ToArray();
        return endpoints.FirstOrDefault(endpoint => endpoint.IsHttps)
            ?? endpoints.FirstOrDefault(endpoint => endpoint.IsHttp)
            ?? endpoints.FirstOrDefault()
            ?? throw new DistributedApplicationException($"Resource '{resource.Name}' has no endpoint. Add one with WithHttpEndpoint.");
    }

    private sealed record InstanceAnnotation(string Suffix) : IResourceAnnotation;
}
