using System.Globalization;
using System.Net;

namespace Waiide.Gateway.Auth;

/// <summary>
/// Refuses what another site makes a signed-in browser send: WebSockets and changes need an Origin that is ours. Fetch metadata can only refuse, never permit.
/// </summary>
internal static class CrossSite
{
    internal static void UseCrossSiteChecks(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<GatewayOptions>();
        var metrics = app.Services.GetRequiredService<GatewayMetrics>();
        app.Use((context, next) =>
        {
            var by = context.User.Identity?.AuthenticationType;
            var objection = by switch
            {
                SignedIn.ByNothing when !IsNamed(context.Request.Host.Host, options.PublicHost) =>
                    "With WAIIDE_AUTH=none this server goes by localhost, an IP address or the host of JUPYTERHUB_PUBLIC_URL only.",
                SignedIn.ByCookie or SignedIn.ByNothing => Objection(context, originIsRequired: by == SignedIn.ByCookie),
                _ => null,
            };
            if (objection is null)
            {
                return next(context);
            }

            metrics.SignInRefused(SignInRefusals.CrossSite);
            return Refusal.Of(context.Request, StatusCodes.Status403Forbidden, "Not from here", objection).ExecuteAsync(context);
        });
    }

    // Any other name can be a foreign site's, led to this address by its own DNS; the browser then takes that site and this server for one.
    private static bool IsNamed(string host, string? publicHost) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.Equals(publicHost, StringComparison.OrdinalIgnoreCase) || IPAddress.TryParse(host, out _);

    /// <summary>What is wrong with where this request comes from; null: nothing.</summary>
    internal static string? Objection(HttpContext context, bool originIsRequired)
    {
        var request = context.Request;
        var changes = !(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method));
        var sensitive = changes || request.Headers.ContainsKey("Upgrade");

        // https://www.w3.org/TR/fetch-metadata/: "none" is the person's own doing, such as a bookmark. Links from other sites may lead here.
        if (request.Headers.TryGetValue("Sec-Fetch-Site", out var site) && site != "same-origin" && site != "none"
            && (sensitive || request.Headers["Sec-Fetch-Mode"] != "navigate"))
        {
            return "The request comes from another site (Sec-Fetch-Site).";
        }

        return request.Headers.Origin switch
        {
            _ when !sensitive => null,
            [] => originIsRequired ? "The request does not say where it comes from (Origin)." : null,
            [{ } origin] when IsOurs(origin, request.Host, PublicScheme.Of(context)) => null,
            _ => "The request comes from another site (Origin).",
        };
    }

    /// <summary>Exact, letter by letter and never by pattern: host and port as in Host; the scheme too where it is known.</summary>
    internal static bool IsOurs(string origin, HostString host, string? scheme) =>
        ((scheme is null or "http") && Is(origin, "http", 80, host)) || ((scheme is null or "https") && Is(origin, "https", 443, host));

    // Not by System.Uri, for which 127.1 and 2130706433 are 127.0.0.1, and ":0443" is ":443".
    private static bool Is(string origin, string scheme, int usualPort, HostString host)
    {
        var (bare, port) = ($"{scheme}://{host.Host}", host.Port ?? usualPort);
        return origin.Equals(string.Create(CultureInfo.InvariantCulture, $"{bare}:{port}"), StringComparison.OrdinalIgnoreCase)
            || (port == usualPort && origin.Equals(bare, StringComparison.OrdinalIgnoreCase));
    }
}
