using Microsoft.AspNetCore.Http.Features;

namespace Waiide.Gateway.Auth;

/// <summary>
/// One user's prefix can be written in more than one way, but browsers compare a cookie's path letter by letter: VS Code asks for /user/a+b/… where the hub, and so the
/// cookie, says /user/a%2Bb/, and comes without its session.
/// </summary>
internal static class Spelling
{
    /// <summary>Where to send a request without a session: the same address as the cookies spell it; null where it is spelled so already.</summary>
    internal static string? OfCookies(HttpRequest request, string prefix)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (!HttpMethods.IsGet(request.Method) || request.Headers.Upgrade.Count > 0 || target.StartsWith(prefix, StringComparison.Ordinal))
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
