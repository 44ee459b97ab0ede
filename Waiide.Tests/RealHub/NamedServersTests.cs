using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.RealHub;

/// <summary>Several servers of one user, as different servers as those of different users.</summary>
[Collection(PlainHubCollection.Name)]
public sealed class NamedServersTests(PlainHub hub)
{
    private static readonly string[] Names = ["", "env-one", "env-two"];

    [SkippableFact]
    public Task Default_and_two_named_servers_start_at_once_and_share_nothing() => hub.Test(async () =>
    {
        await hub.Api.MakeUser("many");
        await Task.WhenAll(Names.Select(name => hub.Api.StartServer("many", name)));

        using var person = new HttpPerson(hub.Front);
        await person.SignIn("many", JupyterHub.Password, "/user/many/");
        foreach (var name in Names.Skip(1))
        {
            using var page = await person.Http.GetAsync($"/user/many/{name}/"); // The hub knows the person already.
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }

        Assert.Equal(
            [("jupyterhub-user-many", "/user/many/"), ("jupyterhub-user-many-env-one", "/user/many/env-one/"), ("jupyterhub-user-many-env-two", "/user/many/env-two/")],
            person.Cookies.GetAllCookies().Where(HubPages.IsSession).Select(cookie => (cookie.Name, cookie.Path)).Order());
        Assert.Equal(3, Directory.GetDirectories(Path.Combine(hub.HomeOf("many"), ".local", "share", "waiide")).Length);
        var targets = await Task.WhenAll(Names.Select(name => hub.Api.TargetOf("many", name)));
        Assert.Equal(3, targets.Distinct().Count());
        foreach (var name in Names)
        {
            var (socket, status) = await WebSockets.OpenAsync(new Uri(hub.Front, $"/user/many/{name}{(name.Length == 0 ? "" : "/")}stream"), person.Cookies);
            using var open = socket;
            Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
        }

        Assert.DoesNotContain(hub.Ide.Forwarded, request => request.Headers.TryGetValue("Cookie", out var cookies) && cookies.Contains("jupyterhub-", StringComparison.Ordinal));
    });

    [SkippableFact]
    public Task Stopping_one_leaves_the_others() => hub.Test(async () =>
    {
        await hub.Api.StartServer("two");
        await hub.Api.StartServer("two", "extra");

        Assert.Equal(HttpStatusCode.NoContent, await hub.Api.StopServer("two"));

        using var person = new HttpPerson(hub.Front);
        await person.SignIn("two", JupyterHub.Password, "/user/two/extra/");
        Assert.True(await hub.Api.IsReady("two", "extra"));
        Assert.Null(await hub.Api.Server("two"));
    });
}
