using Microsoft.AspNetCore.Http.Features;

namespace Waiide.Gateway.Auth;

/// <summary>
/// One user's prefix can be written in more than one way, but browsers compare a cookie's path letter by letter: VS Code asks for /user/a+b/… where the hub, and so the
/// cookie, says /user/a%2Bb/, and comes without its session.
/// </summary>
internal sealed class Spelling(GatewayOptions options, Sessions sessions, Cookies cookies)
{
    private string CookieName => sessions.CookieName + "-spelling";

    /// <summary>
    /// Where to send what a page asks for without its session; null where that leads nowhere new. A proxy that decodes paths would make every such redirect one to itself:
    /// a cookie that comes back tells that the browser spells the address as the cookies do.
    /// </summary>
    internal string? Redirects(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) || request.Headers.Upgrade.Count > 0 || Cookies.Values(request, CookieName).Any()
            || OfCookies(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, options.Prefix) is not { } withCookies)
        {
            return null;
        }

        cookies.Set(context, CookieName, "1", TimeSpan.FromMinutes(1));
        return withCookies;
    }

    /// <summary><paramref name="target"/> as the cookies spell it; null where it is spelled so already.</summary>
    internal static string? OfCookies(string target, string prefix)
    {
        if (target.StartsWith(prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var end = 0;
        foreach (var _ in prefix.Where(character => character == '/').Skip(1))
        {
            end = target.IndexOf('/', end + 1);
            if (end < 0)
            {
                return null;
            }
        }

        // Any other address stays what it is: only what decodes to this very prefix is written anew.
        return Uri.UnescapeDataString(target[..end]) + "/" == Uri.UnescapeDataString(prefix) ? prefix + target[(end + 1)..] : null;
    }
}
