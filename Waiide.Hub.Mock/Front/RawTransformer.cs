using Yarp.ReverseProxy.Forwarder;

namespace Waiide.Hub.Mock.Front;

/// <summary>Forwards what came as it came: this target byte for byte, the Host, and the X-Forwarded-* headers already appended.</summary>
internal sealed class RawTransformer(string target) : HttpTransformer
{
    // A Uri would rewrite %2F and %41 and resolve dots otherwise.
    private static readonly UriCreationOptions Untouched = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        proxyRequest.RequestUri = new Uri(destinationPrefix + target, Untouched);
        proxyRequest.Headers.Host = httpContext.Request.Headers.Host;

        // The forwarder takes this for a header between neighbours, which it is not; and trailers it does not forward, so nobody should expect any.
        if (httpContext.Request.Headers.UpgradeInsecureRequests is { Count: > 0 } secure)
        {
            proxyRequest.Headers.TryAddWithoutValidation("Upgrade-Insecure-Requests", (IEnumerable<string?>)secure);
        }

        proxyRequest.Headers.Remove("Trailer");

        // Nor is the end of a connection more than the neighbour's business, but configurable-http-proxy hands it on, and servers can tell.
        proxyRequest.Headers.ConnectionClose = !OneReading.IsUpgrade(httpContext)
            && httpContext.Request.Headers.GetCommaSeparatedValues("Connection").Contains("close", StringComparer.OrdinalIgnoreCase);
    }
}
