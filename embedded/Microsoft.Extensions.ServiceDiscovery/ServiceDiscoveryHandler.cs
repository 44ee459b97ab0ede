using System.Net;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Sends a request to an endpoint of the service that its URI names, each in turn.</summary>
internal sealed class ServiceDiscoveryHandler(ServiceEndpointResolver resolver) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } asked)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        var source = await resolver.GetEndpointsAsync(asked.GetLeftPart(UriPartial.Authority), cancellationToken);
        request.RequestUri = At(asked, source.Next().EndPoint);
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            // Handlers further out (a retry, a log) must see what was asked for.
            request.RequestUri = asked;
        }
    }

    private static Uri At(Uri asked, EndPoint endPoint)
    {
        var uri = new UriBuilder(asked) { Scheme = asked.Scheme.Split('+')[0] };
        switch (endPoint)
        {
            case UriEndPoint { Uri: var found }:
                (uri.Scheme, uri.Host, uri.Port) = (found.Scheme, found.Host, found.Port);
                if (found.AbsolutePath.Length > 1)
                {
                    uri.Path = found.AbsolutePath.TrimEnd('/') + "/" + asked.AbsolutePath.TrimStart('/');
                }

                break;
            // Without a port of its own the endpoint is at the one that was asked for.
            case DnsEndPoint dns:
                (uri.Host, uri.Port) = (dns.Host, dns.Port > 0 ? dns.Port : uri.Port);
                break;
            case IPEndPoint ip:
                (uri.Host, uri.Port) = (ip.Address.ToString(), ip.Port > 0 ? ip.Port : uri.Port);
                break;
        }

        return uri.Uri;
    }
}
