using System.Net;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>One place where a service can be reached.</summary>
public abstract class ServiceEndpoint
{
    /// <summary>The address: a <see cref="UriEndPoint"/>, or host and port where the configuration or the query gave no scheme.</summary>
    public abstract EndPoint EndPoint { get; }

    // "https://host:1/base" stays a URI; "host:1" and "127.0.0.1:1" are addresses without a scheme.
    internal static ServiceEndpoint? Parse(string? value)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return null;
        }

        if (value.Contains("://", StringComparison.Ordinal))
        {
            return Uri.TryCreate(value, UriKind.Absolute, out var uri) ? new Of(new UriEndPoint(uri)) : null;
        }

        return Uri.TryCreate("any://" + value, UriKind.Absolute, out var address) ? At(address.Host, address.Port) : null;
    }

    internal static ServiceEndpoint At(string host, int port)
    {
        port = Math.Max(port, 0); // 0: none was given.
        return new Of(IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port) : new DnsEndPoint(host, port));
    }

    private sealed class Of(EndPoint endPoint) : ServiceEndpoint
    {
        public override EndPoint EndPoint => endPoint;

        // DnsEndPoint's own text starts with its address family, which no caller wants.
        public override string? ToString() => endPoint switch
        {
            IPEndPoint { Port: 0 } ip => ip.Address.ToString(),
            DnsEndPoint { Port: 0 } dns => dns.Host,
            DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
            _ => endPoint.ToString(),
        };
    }
}
