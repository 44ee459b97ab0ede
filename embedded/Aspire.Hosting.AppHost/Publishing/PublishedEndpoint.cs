using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>An endpoint with its ports outside this machine: the one that the process listens on and the one that others use.</summary>
internal sealed record PublishedEndpoint(EndpointAnnotation Endpoint)
{
    /// <summary>Null: the tool that deploys chooses it.</summary>
    public int? TargetPort { get; private init; }

    /// <summary>Null: the usual one of the scheme.</summary>
    public int? ExposedPort { get; private init; }

    /// <summary>Whether somebody asked for the exposed port, so that it is not only the target port or a free one.</summary>
    public bool IsExposedPortAsked => Endpoint.Port is not null;

    /// <summary>Whether the exposed port says nothing that the target port does not say.</summary>
    public bool IsExposedPortImplied { get; private init; }

    /// <summary>The endpoints of a resource. The first of a project's http and https endpoints each leave the port to the tool that deploys.</summary>
    public static IReadOnlyList<PublishedEndpoint> Of(IResource resource, PublishedPorts ports)
    {
        var published = new List<PublishedEndpoint>();
        var schemes = new HashSet<string>();
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var isWeb = endpoint.UriScheme is "http" or "https";
            var isFirst = resource is ProjectResource && isWeb && schemes.Add(endpoint.UriScheme);
            var target = endpoint.TargetPort ?? (resource is ContainerResource ? endpoint.Port : null) ?? (isFirst ? null : ports.Next());
            var exposed = endpoint.Port ?? target ?? (isWeb ? null : ports.Next());
            ports.Use(target);
            ports.Use(exposed);
            published.Add(new PublishedEndpoint(endpoint)
            {
                TargetPort = target,
                ExposedPort = exposed,
                IsExposedPortImplied = exposed == target,
            });
        }

        return published;
    }
}

/// <summary>Ports for endpoints that name none, from 8000 on.</summary>
internal sealed class PublishedPorts
{
    private readonly HashSet<int> _used = [];
    private int _next = 8000;

    public void Use(int? port)
    {
        if (port is { } known)
        {
            _used.Add(known);
        }
    }

    public int Next()
    {
        while (!_used.Add(_next))
        {
            _next++;
        }

        return _next;
    }
}
