using System.Net;
using System.Net.WebSockets;
using AngleSharp.Html.Parser;
using Waiide.Tests.Support;

namespace Waiide.Tests.RealHub;

/// <summary>Whom the hub lets in, and whom neither the hub nor the gateway does.</summary>
[Collection(PlainHubCollection.Name)]
public sealed class OtherUsersTests(PlainHub hub)
{
    private static readonly TimeSpan RevocationLimit = TimeSpan.FromSeconds(60);

    private Uri Page => new(hub.Front, "/user/sharer/");

    [SkippableFact]
    public Task Another_user_of_the_hub_gets_403_and_the_IDE_hears_nothing() => hub.Test(async () =>
    {
        await hub.Api.StartServer("sharer");
        var before = hub.Ide.Forwarded.Count();
        using var other = new HttpPerson(hub.Front);
        await other.SignIn("mallory", JupyterHub.Password, "/hub/home");

        using var page = await other.Http.GetAsync(Page);
        Assert.Equal(HttpStatusCode.Forbidden, page.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await WebSockets.OpenAsync(Page, other.Cookies)).Status);

        // A token gets past the hub's own page, so that the gateway has to say no.
        await Refuses(await hub.Api.NewToken("mallory"));
        Assert.Equal(before, hub.Ide.Forwarded.Count());
    });

    [SkippableFact]
    public Task The_session_of_one_server_opens_no_other() => hub.Test(async () =>
    {
        await hub.Api.StartServer("sharer");
        await hub.Api.StartServer("mallory");
        using var other = new HttpPerson(hub.Front);
        await other.SignIn("mallory", JupyterHub.Password, "/user/mallory/");
        var own = other.Cookies.GetCookies(new Uri(hub.Front, "/user/mallory/"))["jupyterhub-user-mallory"]!.Value;
        var stolen = new CookieContainer();
        stolen.Add(Page, new Cookie("jupyterhub-user-sharer", own));
        var before = hub.Ide.Forwarded.Count();

        Assert.Equal(HttpStatusCode.Unauthorized, (await WebSockets.OpenAsync(Page, stolen)).Status);
        Assert.Equal(before, hub.Ide.Forwarded.Count());
    });

    [SkippableFact]
    public Task Administrating_is_no_access() => hub.Test(async () =>
    {
        await hub.Api.StartServer("sharer");
        await Refuses(await hub.Api.NewToken("boss", "admin:users", "admin:servers"));
        await Refuses(hub.TestsToken);
    });

    [SkippableFact]
    public Task A_service_with_the_scope_of_this_server_is_let_in_here_and_only_here() => hub.Test(async () =>
    {
        await hub.Api.StartServer("sharer");
        await hub.Api.StartServer("sharer", "other");

        Assert.Equal(HttpStatusCode.OK, await StatusFor(hub.MonitorToken, Page));
        var (socket, status) = await WebSockets.OpenAsync(Page, token: hub.MonitorToken);
        using var open = socket;
        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusFor(hub.MonitorToken, new Uri(Page, "other/")));
    });

    [SkippableFact]
    public Task A_guest_whom_the_hub_gave_the_server_comes_in_after_agreeing() => hub.Test(async () =>
    {
        await hub.Api.StartServer("sharer");
        using var guest = new HttpPerson(hub.Front);
        await guest.SignIn("guest", JupyterHub.Password, "/hub/home");

        using var question = await guest.Http.GetAsync(Page);
        using var answer = await guest.Http.SendAsync(await Agree(question));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Page, answer.RequestMessage!.RequestUri);
        var (socket, status) = await WebSockets.OpenAsync(Page, guest.Cookies);
        using var open = socket;
        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
    });

    [SkippableFact]
    public Task What_the_hub_revokes_is_refused_and_cut_within_a_minute() => hub.Test(async () =>
    {
        await hub.Api.StartServer("leaver");
        var page = new Uri(hub.Front, "/user/leaver/");
        using var person = new HttpPerson(hub.Front);
        await person.SignIn("leaver", JupyterHub.Password, page.AbsolutePath);
        var session = person.Cookies.GetCookieHeader(page);
        var token = await hub.Api.NewToken("leaver");
        Assert.Equal(HttpStatusCode.OK, await StatusFor(token, page));
        Assert.Equal(HttpStatusCode.OK, await HubPages.StatusWith("Cookie", session, page));
        var (socket, _) = await WebSockets.OpenAsync(new Uri(page, "stream"), person.Cookies);
        using var open = socket!;
        var code = open.CloseCode(RevocationLimit);

        // The server's own token is among them: it must go on without it as well as it can.
        await hub.Api.RevokeAllTokens("leaver");

        // Each of the two is asked about again at a time of its own within the minute.
        await Task.WhenAll(
            Eventually.Is(async () => await StatusFor(token, page) == HttpStatusCode.Unauthorized, "the token is refused", RevocationLimit),
            Eventually.Is(async () => await HubPages.StatusWith("Cookie", session, page) == HttpStatusCode.Unauthorized, "the session is refused", RevocationLimit));
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await code); // 1008.
    });

    private async Task Refuses(string token)
    {
        var before = hub.Ide.Forwarded.Count();
        Assert.Equal(HttpStatusCode.Forbidden, await StatusFor(token, Page));
        Assert.Equal(HttpStatusCode.Forbidden, (await WebSockets.OpenAsync(Page, token: token)).Status);
        Assert.Equal(before, hub.Ide.Forwarded.Count());
    }

    private static Task<HttpStatusCode> StatusFor(string token, Uri page) => HubPages.StatusWith("Authorization", "token " + token, page);

    // The hub's page that asks whether the server may know who the person is; it has to come from the hub itself.
    private static async Task<HttpRequestMessage> Agree(HttpResponseMessage question)
    {
        var url = question.RequestMessage!.RequestUri!;
        var page = await new HtmlParser().ParseDocumentAsync(await question.Content.ReadAsStringAsync());
        var fields = page.QuerySelectorAll("form input[name]").Select(input => KeyValuePair.Create(input.GetAttribute("name")!, input.GetAttribute("value") ?? ""));
        return new(HttpMethod.Post, url) { Content = new FormUrlEncodedContent(fields), Headers = { Referrer = url } };
    }
}
