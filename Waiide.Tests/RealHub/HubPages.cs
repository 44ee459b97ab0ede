using System.Net;
using Microsoft.Playwright;

namespace Waiide.Tests.RealHub;

/// <summary>The hub as browsers see it.</summary>
internal static class HubPages
{
    /// <summary>Fills JupyterHub's login form.</summary>
    public static async Task SignIn(IPage page, string user)
    {
        await page.Locator("input[name=username]").FillAsync(user);
        await page.Locator("input[name=password]").FillAsync(JupyterHub.Password);
        await page.Locator("#login_submit").ClickAsync();
    }

    /// <summary>Whether it is the session of a single-user server, not what helps during its login.</summary>
    public static bool IsSession(System.Net.Cookie cookie) =>
        cookie.Name.StartsWith("jupyterhub-user-", StringComparison.Ordinal) && !cookie.Name.Contains("-oauth-", StringComparison.Ordinal);

    /// <summary>What a script gets with this header; it is never sent to a login.</summary>
    public static async Task<HttpStatusCode> StatusWith(string header, string value, Uri page)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, page);
        request.Headers.Add(header, value);
        request.Headers.Add("Sec-Fetch-Mode", "cors");
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }
}
