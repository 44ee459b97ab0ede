using System.Security.Claims;
using Microsoft.Net.Http.Headers;

namespace Waiide.Gateway.Activity;

/// <summary>Tells what a request says about the person behind it.</summary>
internal static class Requests
{
    /// <param name="toIde">True for the IDE, false for a server of the user's own, of whose pages nobody knows what they do by themselves.</param>
    internal static Sight SightOf(HttpRequest request, bool toIde) =>
        !IsOfAProgram(request.HttpContext.User) && IsByAPerson(request.Method, request.Headers, toIde) ? Sight.Person : Sight.Traffic;

    /// <summary>Of a program, which may ask every minute for ever; it says so itself when it is at work (POST api/activity).</summary>
    internal static bool IsOfAProgram(ClaimsPrincipal user) => user.Identity?.AuthenticationType == "token";

    /// <summary>A page that somebody opens, and nothing that it loads or asks for afterwards, but for what changes something on a server of the person's own.</summary>
    internal static bool IsByAPerson(string method, IHeaderDictionary headers, bool toIde)
    {
        if (HttpMethods.IsHead(method) || HttpMethods.IsOptions(method))
        {
            return false;
        }

        // A cell that is saved, a command of RStudio: pages that ask for news by themselves do so by GET, nearly all of them.
        if (!toIde && !HttpMethods.IsGet(method))
        {
            return true;
        }

        // Browsers send Sec-Fetch-* to https and to localhost, Sec-Fetch-User only where a click or a key has opened the page: https://www.w3.org/TR/fetch-metadata/.
        if (headers.TryGetValue("Sec-Fetch-Mode", out var mode))
        {
            return mode == "navigate" && (headers["Sec-Fetch-User"] == "?1" || (toIde && headers["Sec-Fetch-Dest"] == "document"));
        }

        // To plain http elsewhere they send nothing to tell a click from a page that reloads itself.
        return HttpMethods.IsGet(method) && headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)
            && !headers.ContainsKey("X-Requested-With") && !headers.ContainsKey(HeaderNames.Upgrade);
    }
}
