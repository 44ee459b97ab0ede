using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.Docker.Publishing;

/// <summary>How values are written into a compose file: services by their names, everything that is given later as a variable of the .env file.</summary>
internal sealed class ComposeValues(DockerComposeEnvironmentResource environment)
{
    public string Text(object? value) => PublishedValues.Unwrap(value) switch
    {
        EndpointReference endpoint => Endpoint(endpoint, EndpointProperty.Url),
        EndpointReferenceExpression part => Endpoint(part.Endpoint, part.Property),
        ParameterResource parameter => environment.Placeholder(parameter.Name.ToUpperInvariant().Replace('-', '_'), $"Parameter {parameter.Name}"),
        ReferenceExpression expression => string.Format(CultureInfo.InvariantCulture, expression.Format, [.. expression.ValueProviders.Select(Text)]),
        IManifestExpressionProvider other => environment.Placeholder(
            other.ValueExpression.Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal).Replace('.', '_').Replace('-', '_').ToUpperInvariant()),
        var text => PublishedValues.Text(text),
    };

    // There is one port in a network of containers: the one that the process listens on.
    private string Endpoint(EndpointReference reference, EndpointProperty property)
    {
        if (!environment.Services.TryGetValue(reference.Resource, out var service))
        {
            throw new DistributedApplicationException(
                $"Endpoint '{reference.EndpointName}' of '{reference.Resource.Name}' is asked for, and '{reference.Resource.Name}' cannot be in a compose file: only projects and containers can.");
        }

        var endpoint = service.Endpoints.FirstOrDefault(known => known.Endpoint == reference.EndpointAnnotation)
            ?? throw new DistributedApplicationException($"Endpoint '{reference.EndpointName}' of '{reference.Resource.Name}' was added too late to be published.");
        var host = reference.Resource.Name;
        var port = service.InternalPort(endpoint);
        return property switch
        {
            EndpointProperty.Url => $"{endpoint.Endpoint.UriScheme}://{host}:{port}",
            EndpointProperty.Host or EndpointProperty.IPV4Host => host,
            EndpointProperty.Port or EndpointProperty.TargetPort => port,
            EndpointProperty.HostAndPort => $"{host}:{port}",
            EndpointProperty.Scheme => endpoint.Endpoint.UriScheme,
            _ => throw new InvalidOperationException($"An endpoint has no part '{property}'."),
        };
    }
}
