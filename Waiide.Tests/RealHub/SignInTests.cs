using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.RealHub;

/// <summary>From the hub's login to the IDE.</summary>
[Collection(PlainHubCollection.Name)]
public sealed class SignInTests(PlainHub hub, Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public Task A_person_signs_in_at_the_hub_and_works_in_the_IDE() => hub.Test(async () =>
    {
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync(hub.Front.AbsoluteUri);
        await HubPages.SignIn(page, "ada");

        await Work.InTheIde(new Workbench(page), hub.HomeOf("ada"));
    });

    [SkippableTheory]
    [InlineData("")]
    [InlineData("?folder=/home/a%20b&q=1%2B1+2&empty=&u=%C3%A9#line")]
    [InlineData("static/a%2Fb/%C3%A9%20;v=1/?x=%3C%2F..%3E")]
    public Task A_deep_link_is_kept_over_the_login(string link) => hub.Test(async () =>
    {
        await hub.Api.StartServer("deep");
        using var person = new HttpPerson(hub.Front);

        await person.SignIn("deep", JupyterHub.Password, "/user/deep/" + link.Split('#')[0]);

        Assert.Equal("/" + link.Split('#')[0], hub.Ide.Forwarded.Last().Target);
    });

    [SkippableFact]
    public Task A_WebSocket_opens_with_the_session_and_for_nobody_else() => hub.Test(async () =>
    {
        await hub.Api.StartServer("socket");
        using var person = new HttpPerson(hub.Front);
        await person.SignIn("socket", JupyterHub.Password, "/user/socket/");
        var url = new Uri(hub.Front, "/user/socket/stream");

        var (socket, status) = await WebSockets.OpenAsync(url, person.Cookies);
        using var open = socket;
        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
        Assert.Equal("hello", await open!.Echo("hello"));

        var before = hub.Ide.Forwarded.Count();
        Assert.Equal(HttpStatusCode.Unauthorized, (await WebSockets.OpenAsync(url)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await WebSockets.OpenAsync(url, token: "no-token-of-this-hub")).Status);
        Assert.Equal(before, hub.Ide.Forwarded.Count());
    });

    [SkippableFact]
    public Task The_hub_sees_that_somebody_uses_the_server() => hub.Test(async () =>
    {
        await hub.Api.StartServer("busy");
        using var person = new HttpPerson(hub.Front);
        await person.SignIn("busy", JupyterHub.Password, "/user/busy/");
        var before = DateTimeOffset.UtcNow;
        using var answer = await person.Http.GetAsync("/user/busy/again");

        // The hub itself would ask its proxy only every five minutes.
        await Eventually.Is(async () => await hub.Api.LastActivity("busy") >= before.AddMilliseconds(-1), "the gateway reports the use");
    });
}
