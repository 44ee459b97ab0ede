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
    }
}
