using System.Net;

namespace Waiide.Gateway;

/// <summary>Whether the browser speaks https, as far as it can be known behind proxies.</summary>
internal static class PublicScheme
{
    /// <summary>"https", "http", or null where nobody trustworthy has said it.</summary>
    internal static string? Of(HttpContext context) => context.Features.Get<Known>()?.Scheme;

    /// <summary>True where the browser is known to speak https.</summary>
    internal static bool IsHttps(HttpContext context) => Of(context) == Uri.UriSchemeHttps;

    internal static void UsePublicScheme(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<GatewayOptions>();
        app.Use((context, next) =>
        {
            var scheme = options.Hub?.PublicUrl?.Scheme ?? (IsTrusted(options.TrustedProxies, context.Connection.RemoteIpAddress) ? Forwarded(context.Request) : null);
            if (scheme is not null)
            {
                context.Features.Set(new Known(scheme));
                context.Request.Scheme = scheme;
            }

            return next(context);
        });
    }

    internal static bool IsTrusted(IReadOnlyList<IPNetwork> proxies, IPAddress? peer)
    {
        if (peer is { IsIPv4MappedToIPv6: true })
        {
            peer = peer.MapToIPv4();
        }

        return peer is not null && proxies.Any(proxy => proxy.Contains(peer));
    }

    // The leftmost is the browser's own: proxies append, so that https at the edge arrives as "https,http".
    private static string? Forwarded(HttpRequest request)
    {
        var leftmost = request.Headers["X-Forwarded-Proto"].ToString().Split(',')[0].Trim().ToLowerInvariant();
        return leftmost is "http" or "https" ? leftmost : null;
    }

    private sealed record Known(string Scheme);
}
