using System.Net;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>An endpoint whose scheme, host, port and path prefix are known.</summary>
public class UriEndPoint(Uri uri) : EndPoint
{
    /// <summary>Where the endpoint is.</summary>
    public Uri Uri { get; } = uri;

    /// <inheritdoc/>
    public override string? ToString() => Uri.ToString();
}
