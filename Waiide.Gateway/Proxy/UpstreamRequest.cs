using Microsoft.Net.Http.Headers;
using Waiide.Gateway.Ide;
using Yarp.ReverseProxy.Forwarder;

namespace Waiide.Gateway.Proxy;

/// <summary>What any upstream sees of one request, and what the browser sees of its answer; the IDE and a dev server each add what is theirs.</summary>
/// <param name="address">The upstream, and the path below which it is asked, without a slash at its end.</param>
/// <param name="target">What it is asked for.</param>
internal abstract class UpstreamRequest(GatewayOptions options, PrivateHeaders privateHeaders, string address, string target) : HttpTransformer
{
    // System.Uri would decode %41, resolve dots and encode what it does not know; the target is already what it has to be.
    private static readonly UriCreationOptions AsItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    protected GatewayOptions Options => options;

    protected string Target => target;

    public override async ValueTask TransformRequestAsync(HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        var request = httpContext.Request;
        var (host, forwardedFor) = (request.Headers.Host.ToString(), ForwardedFor(httpContext));
        PrivateHeaders.RemoveFrom(request, MayHaveToken(httpContext));
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);

        proxyRequest.RequestUri = new Uri(address + WithoutOurToken(target), AsItIs);
        var headers = proxyRequest.Headers;
        headers.Host = null;
        headers.TryAddWithoutValidation("X-Forwarded-For", forwardedFor);
        headers.TryAddWithoutValidation("X-Forwarded-Proto", request.Scheme);

        // The Host that the browser used, port and all: the IDE server compares it with the Origin of WebSockets.
        headers.TryAddWithoutValidation("X-Forwarded-Host", host);

        var cookies = privateHeaders.Cookies(request.Headers.Cookie);
        headers.Remove(HeaderNames.Cookie);
        if (IdeSessionValue is { } session)
        {
            cookies = [string.Join("; ", [.. cookies, $"{IdeSession.CookieName}={session}"])];
        }

        if (cookies.Length > 0)
        {
            headers.TryAddWithoutValidation(HeaderNames.Cookie, cookies);
        }

        Traces.MarkCause(proxyRequest);
        Complete(httpContext, proxyRequest);
    }

    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        if (!await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken))
        {
            return false;
        }

        httpContext.Features.Get<RequestTime>()?.HasAnswer();

        // A page behind /proxy/ could otherwise end the user's session, or put another one in its place.
        var headers = httpContext.Response.Headers;
        if (headers.SetCookie is { Count: > 0 } cookies)
        {
            headers.SetCookie = cookies.Where(cookie => cookie is null || !privateHeaders.IsPrivateCookie(cookie.Split('=')[0].Trim())).ToArray();
        }

        if (proxyResponse!.Headers.NonValidated.TryGetValues(HeaderNames.Connection, out var nominated))
        {
            foreach (var name in nominated.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries)).Where(name => !name.Equals("upgrade", StringComparison.OrdinalIgnoreCase)))
            {
                headers.Remove(name);
            }
        }

        if (!await AcceptAsync(httpContext, proxyResponse, cancellationToken))
        {
            return false;
        }

        // A stream that is quiet at first, such as one of events, is to be known as open all the same; the forwarder would wait for its first byte.
        if (headers.ContentLength is null && httpContext.Response.StatusCode is >= 200 and not (204 or 304) && !HttpMethods.IsHead(httpContext.Request.Method))
        {
            await httpContext.Response.Body.FlushAsync(cancellationToken);
        }

        return true;
    }

    /// <summary>The session that lets the request into the IDE server, where it goes there.</summary>
    protected abstract string? IdeSessionValue { get; }

    /// <summary>Whether "Authorization: token" or "bearer" is the upstream's own business.</summary>
    protected abstract bool MayHaveToken(HttpContext context);

    /// <summary>Adds what is for this upstream alone.</summary>
    protected abstract void Complete(HttpContext context, HttpRequestMessage request);

    /// <summary>Changes the head of the answer as this upstream needs it; false: the answer is not passed on.</summary>
    protected virtual ValueTask<bool> AcceptAsync(HttpContext context, HttpResponseMessage answer, CancellationToken cancellationToken) => ValueTask.FromResult(true);

    private string WithoutOurToken(string target) => options.Token is { } token ? RawTarget.WithoutParameter(target, "token", token) : target;

    // Of those who say on whose behalf they ask, only the trusted are quoted.
    private string ForwardedFor(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress?.ToString() ?? "unknown";
        var said = context.Request.Headers["X-Forwarded-For"].ToString();
        return said.Length > 0 && PublicScheme.IsTrusted(options.TrustedProxies, context.Connection.RemoteIpAddress) ? $"{said}, {peer}" : peer;
    }
}
