using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

// What resources have to do with each other.
public static partial class ResourceBuilderExtensions
{
    /// <summary>Tells the resource where another one is, by its name.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment => builder.WithEndpoints(source.Resource, null, null);

    /// <summary>Tells the resource where another one is, by a name of its choice.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name)
        where TDestination : IResourceWithEnvironment => builder.WithEndpoints(source.Resource, null, name);

    /// <summary>Tells the resource where one endpoint of another one is.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment => builder.WithEndpoints(endpointReference.Resource, endpointReference.EndpointName, null);

    /// <summary>Tells the resource where a service outside the application is.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, string name, Uri uri)
        where TDestination : IResourceWithEnvironment
    {
        if (!uri.IsAbsoluteUri || uri.AbsolutePath != "/")
        {
            throw new InvalidOperationException($"The address of service '{name}' must be an absolute URL without a path; it is {uri}.");
        }

        return builder.WithVariable(name, uri.ToString()).WithVariable($"services__{name}__default__0", uri.ToString());
    }

    /// <summary>Shows the resource below another one.</summary>
    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> parent)
        where T : IResource => builder.WithParentRelationship(parent.Resource);

    /// <inheritdoc cref="WithParentRelationship{T}(IResourceBuilder{T}, IResourceBuilder{IResource})" />
    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResource parent)
        where T : IResource => builder.WithAnnotation(new ResourceRelationshipAnnotation(parent, "Parent"));

    /// <summary>Shows that the resource uses another one.</summary>
    public static IResourceBuilder<T> WithReferenceRelationship<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> resourceBuilder)
        where T : IResource => builder.WithReferenceRelationship(resourceBuilder.Resource);

    /// <inheritdoc cref="WithReferenceRelationship{T}(IResourceBuilder{T}, IResourceBuilder{IResource})" />
    public static IResourceBuilder<T> WithReferenceRelationship<T>(this IResourceBuilder<T> builder, IResource resource)
        where T : IResource => builder.WithAnnotation(new ResourceRelationshipAnnotation(resource, "Reference"));

    /// <summary>Shows that the resource uses those that an expression has values of.</summary>
    public static IResourceBuilder<T> WithReferenceRelationship<T>(this IResourceBuilder<T> builder, ReferenceExpression expression)
        where T : IResource
    {
        foreach (var resource in expression.ValueProviders.Select(ReferencedBy).OfType<IResource>())
        {
            builder.WithReferenceRelationship(resource);
        }

        return builder;
    }

    private static IResourceBuilder<T> WithEndpoints<T>(this IResourceBuilder<T> builder, IResourceWithEndpoints source, string? endpointName, string? alias)
        where T : IResourceWithEnvironment
    {
        var reference = builder.Resource.Annotations.OfType<EndpointsReferenceAnnotation>().FirstOrDefault(known => known.Source == source && known.Alias == alias);
        if (reference is null)
        {
            reference = new EndpointsReferenceAnnotation(source, alias);
            builder.WithAnnotation(reference).WithEnvironment(reference.AddVariables);
        }

        reference.Add(endpointName);
        return builder.WithReferenceRelationship(source);
    }

    /// <summary>What a resource knows of another one's endpoints: some of them or all.</summary>
    private sealed partial class EndpointsReferenceAnnotation(IResourceWithEndpoints source, string? alias) : IResourceAnnotation
    {
        private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
        private bool _all;

        public IResourceWithEndpoints Source => source;

        public string? Alias => alias;

        public void Add(string? endpointName)
        {
            if (endpointName is null)
            {
                _all = true;
            }
            else
            {
                _names.Add(endpointName);
            }
        }

        public void AddVariables(EnvironmentCallbackContext context)
        {
            var variables = context.EnvironmentVariables;
            foreach (var endpoint in source.GetEndpoints().Where(endpoint => _all || _names.Contains(endpoint.EndpointName)))
            {
                // For programs that know nothing of service discovery: HUB_HTTP=http://localhost:5081
                variables[$"{alias ?? VariableName(source.Name)}_{VariableName(endpoint.EndpointName)}"] = endpoint;

                // For service discovery: services__hub__http__0=http://localhost:5081
                var key = endpoint.EndpointName is "http" or "https" ? endpoint.Scheme : endpoint.EndpointName;
                var number = 0;
                while (!variables.TryAdd($"services__{alias ?? source.Name}__{key}__{number}", endpoint))
                {
                    number++;
                }
            }
        }

        private static string VariableName(string name)
        {
            var upper = NotAllowed().Replace(name, "_").ToUpperInvariant();
            return char.IsAsciiDigit(upper[0]) ? $"_{upper}" : upper;
        }

        [GeneratedRegex("[^A-Za-z0-9]")]
        private static partial Regex NotAllowed();
    }
}
