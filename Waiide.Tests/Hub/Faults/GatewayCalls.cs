using System.Net;
using System.Net.WebSockets;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub.Faults;

/// <summary>Ways to ada's gateway, through the front of its hub or past it.</summary>
internal static class GatewayCalls
{
    // Each in a session of its own.
    public static async Task<ClientWebSocket> OpenAsync(FaultyHub hub)
    {
        using var person = await hub.SignedInAsync("ada");
        return await OpenAsync(hub, person);
    }

    public static Task<ClientWebSocket> OpenAsync(FaultyHub hub, HttpPerson person, bool past = false) =>
        OpenAsync(new Uri(past ? hub.Gateway.Url : hub.Hub.Front, "/user/ada/socket"), person.Cookies);

    public static async Task<ClientWebSocket> OpenAsync(Uri url, CookieContainer? cookies = null, string? token = null)
    {
        var (socket, status) = await WebSockets.OpenAsync(url, cookies, token);
        Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
        return socket!;
    }

    // As the same person, but in a hub's session that the gateway has not asked about: it has to ask now. Past the front, which may be away itself.
    public static Task<HttpResponseMessage> AskAsNewAsync(FaultyHub hub, HttpPerson person) =>
        PastTheFrontAsync(hub, person, "/user/ada/page", "; jupyterhub-session-id=" + Guid.NewGuid().ToString("N"));

    public static async Task<HttpResponseMessage> PastTheFrontAsync(FaultyHub hub, HttpPerson person, string path, string? session = null)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(hub.Gateway.Url, path));
        var cookies = person.Cookies.GetCookieHeader(new Uri(hub.Hub.Front, path)).Split("; ").Where(cookie => session is null || !cookie.StartsWith("jupyterhub-session-id=", StringComparison.Ordinal));
        request.Headers.Add("Cookie", string.Join("; ", cookies) + session);
        request.Headers.Add("Accept", "text/html");
        request.Headers.Add("Sec-Fetch-Mode", "navigate");
        request.Headers.Add("Sec-Fetch-Dest", "document");
        return await client.SendAsync(request);
    }

    public static async Task<HttpStatusCode?> AnswersAsync(Uri front)
    {
        using var client = new HttpClient();
        try
        {
            using var answer = await client.GetAsync(new Uri(front, "/hub/api/"));
            return answer.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
