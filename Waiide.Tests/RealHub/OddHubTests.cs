using System.Diagnostics;
using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.RealHub;

/// <summary>What is unusual and allowed, all at once: a hub below a path, whose spawner has no address and starts its servers with SIGINT ignored, with users of odd names.</summary>
[Collection("odd hub")]
public sealed class OddHubTests(OddHub hub, Chromium chromium) : BrowserTests(chromium)
{
    [SkippableTheory]
    [InlineData("we+ird@ex.org", "/jhub/user/we%2Bird@ex.org/")]
    [InlineData("é", "/jhub/user/%C3%A9/")]
    public Task A_user_of_an_odd_name_signs_in(string user, string prefix) => hub.Test(async () =>
    {
        await hub.Api.StartServer(user);
        Assert.Equal(prefix, (string?)(await hub.Api.Server(user))!["url"]);
        using var person = new HttpPerson(hub.Front);
        await person.SignIn(user, JupyterHub.Password, prefix + "some/page");

        Assert.Equal("/some/page", hub.Ide.Forwarded.Last().Target);
        var cookie = Assert.Single(person.Cookies.GetAllCookies(), HubPages.IsSession);
        Assert.Equal(prefix, cookie.Path);
        var (socket, status) = await WebSockets.OpenAsync(new Uri(hub.Front, prefix + "stream"), person.Cookies);
        using var open = socket;
        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);

        // VS Code writes some addresses with the name as it is; the session's cookie has the other spelling.
        using var spelled = await person.Http.GetAsync(Uri.UnescapeDataString(prefix) + "spelled");
        Assert.Equal((HttpStatusCode.OK, "/spelled"), (spelled.StatusCode, hub.Ide.Forwarded.Last().Target));
        var before = DateTimeOffset.UtcNow;
        using var again = await person.Http.GetAsync(prefix);
        await Eventually.Is(async () => await hub.Api.LastActivity(user) >= before.AddMilliseconds(-1), "the gateway reports the use");
    });

    [SkippableFact]
    public Task A_person_of_an_odd_name_works_in_the_IDE() => hub.Test(async () =>
    {
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync(hub.Front.AbsoluteUri);
        await HubPages.SignIn(page, "odd+ñame@ex.org");

        await Work.InTheIde(new Workbench(page), hub.HomeOf("odd+ñame@ex.org"));
    });

    [SkippableFact]
    public Task A_server_that_was_told_to_ignore_the_interrupt_stops_by_it() => hub.Test(async () =>
    {
        await hub.Api.StartServer("interrupted");

        var clock = Stopwatch.StartNew();
        Assert.Equal(HttpStatusCode.NoContent, await hub.Api.StopServer("interrupted"));

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    });
}

public sealed class OddHub() : JupyterHub(baseUrl: "/jhub/", spawnerIp: "", ignoresInterrupt: true);

[CollectionDefinition("odd hub")]
public sealed class OddHubCollection : ICollectionFixture<OddHub>;
