using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Gateway.Auth;

public class StrictCookieTests(Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task A_person_who_comes_from_another_site_gets_in_with_cookies_that_no_other_site_makes_a_browser_send()
    {
        Prerequisites.Need("chromium");
        var port = Ports.Free();
        var hub = await StubHub.StartAsync();
        hub.CallbackUrl = $"http://127.0.0.1:{port}/user/ada/oauth_callback";
        await using var gateway = await RunningGateway.StartAsync(
            hub, ("PORT", port.ToString(CultureInfo.InvariantCulture)), ("JUPYTERHUB_HOST", hub.Url.GetLeftPart(UriPartial.Authority)), ("JUPYTERHUB_COOKIE_OPTIONS", "{\"samesite\": \"Strict\"}"));
        gateway.Ide.When("/elsewhere", context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync($"<a href=\"{gateway.Url}user/ada/page?x=1\">to the IDE</a>");
        });
        var page = await Chromium.NewPageAsync();
        await page.Context.AddCookiesAsync([new Cookie { Name = StubHub.UserCookie, Value = "ada", Domain = "127.0.0.1", Path = "/hub/" }]);

        await page.GotoAsync($"http://localhost:{gateway.Ide.Url.Port}/elsewhere"); // Another site than 127.0.0.1.
        await page.ClickAsync("a");
        await Expect(page).ToHaveURLAsync(new Uri(gateway.Url, "/user/ada/page?x=1").ToString());

        Assert.Contains("GET /page?x=1", await page.ContentAsync(), StringComparison.Ordinal);
        var session = Assert.Single(await page.Context.CookiesAsync(), cookie => cookie.Name == "jupyterhub-user-ada");
        Assert.Equal((SameSiteAttribute.Strict, true, "/user/ada/"), (session.SameSite, session.HttpOnly, session.Path));
        Assert.Single(gateway.Hub!.Tokens);
    }
}
