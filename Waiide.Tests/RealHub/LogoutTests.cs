using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.RealHub;

/// <summary>Logging out anywhere ends the session in the browser at once.</summary>
[Collection(PlainHubCollection.Name)]
public sealed class LogoutTests(PlainHub hub)
{
    [SkippableTheory]
    [InlineData("/user/gone/logout")]
    [InlineData("/hub/logout")]
    public Task After_it_the_server_asks_for_the_login_again(string logout) => hub.Test(async () =>
    {
        await hub.Api.StartServer("gone");
        using var person = new HttpPerson(hub.Front);
        await person.SignIn("gone", JupyterHub.Password, "/user/gone/");
        var page = new Uri(hub.Front, "/user/gone/");
        var copy = person.Cookies.GetCookieHeader(page);

        using var left = await person.Http.GetAsync(logout);
        Assert.Equal("/hub/login", left.RequestMessage!.RequestUri!.AbsolutePath);

        using var again = await person.Http.GetAsync(page);
        Assert.Equal("/hub/login", again.RequestMessage!.RequestUri!.AbsolutePath);
        Assert.Equal(HttpStatusCode.Unauthorized, (await WebSockets.OpenAsync(page, person.Cookies)).Status);
        if (logout == "/user/gone/logout")
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await HubPages.StatusWith("Cookie", copy, page)); // Whoever took the cookies beforehand has nothing.
        }
    });
}
