using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;

namespace Waiide.Tests.Support;

/// <summary>What matters of a browser: cookies by path, redirects one by one, headers that say whether a person navigates. Sees gateway and hub as one site, as through a front proxy.</summary>
internal sealed class Browser : IDisposable
{
    private readonly RunningGateway _gateway;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false });

    public Browser(RunningGateway gateway, string? hubUser)
    {
        _gateway = gateway;
        if (hubUser is not null && gateway.Hub is { } hub)
        {
            Cookies[StubHub.UserCookie] = (Uri.EscapeDataString(hubUser), hub.BaseUrl + "hub/");
        }
    }

    /// <summary>Name, value and path of what is kept.</summary>
    public Dictionary<string, (string Value, string Path)> Cookies { get; } = [];

    /// <summary>Those among them that say who is signed in, and not only that this browser has been here before, or what it is just doing.</summary>
    public IEnumerable<KeyValuePair<string, (string Value, string Path)>> Sessions => Cookies.Where(cookie => cookie.Key != "waiide-trace" && !cookie.Key.EndsWith("-device", StringComparison.Ordinal));

    /// <summary>Cookies that this browser refuses to keep.</summary>
    public Func<string, bool> Refuses { get; set; } = _ => false;

    /// <summary>One request; a redirect is returned, not followed.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, UrlOf(target)) { Content = content };
        if (CookiesFor(target) is { Length: > 0 } cookies)
        {
            request.Headers.Add("Cookie", cookies);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var answer = await _client.SendAsync(request);
        Keep(answer.Headers);
        return answer;
    }

    /// <summary>A person opens a page; redirects are returned.</summary>
    public Task<HttpResponseMessage> OpenAsync(string target) =>
        SendAsync(HttpMethod.Get, target, null, ("Accept", "text/html,*/*;q=0.8"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"), ("Sec-Fetch-Site", "none"));

    /// <summary>A script asks for data.</summary>
    public Task<HttpResponseMessage> FetchAsync(string target) =>
        SendAsync(HttpMethod.Get, target, null, ("Accept", "*/*"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty"), ("Sec-Fetch-Site", "same-origin"));

    /// <summary>Opens a page and follows redirects to the end; fails when there is none.</summary>
    public async Task<(HttpResponseMessage Answer, string Target)> FollowAsync(string target)
    {
        for (var hop = 0; hop < 20; hop++)
        {
            var answer = await OpenAsync(target);
            if (answer.Headers.Location is not { } location)
            {
                return (answer, target);
            }

            target = location.OriginalString;
            answer.Dispose();
        }

        throw new InvalidOperationException($"Redirects without end, at last to {target}.");
    }

    /// <summary>Opens a WebSocket; returns it, or null and the status that refused it.</summary>
    public async Task<(ClientWebSocket? Socket, HttpStatusCode Status)> ConnectAsync(string target, params (string Name, string Value)[] headers)
    {
        var socket = new ClientWebSocket();
        socket.Options.CollectHttpResponseDetails = true;
        socket.Options.UseDefaultCredentials = false;
        if (CookiesFor(target) is { Length: > 0 } cookies)
        {
            socket.Options.SetRequestHeader("Cookie", cookies);
        }

        foreach (var (name, value) in headers)
        {
            socket.Options.SetRequestHeader(name, value);
        }

        try
        {
            await socket.ConnectAsync(new UriBuilder(UrlOf(target)) { Scheme = "ws" }.Uri, CancellationToken.None);
            return (socket, socket.HttpStatusCode);
        }
        catch (WebSocketException)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            return (null, status);
        }
    }

    /// <summary>The Cookie header for <paramref name="target"/>.</summary>
    public string CookiesFor(string target) =>
        string.Join("; ", Cookies.Where(cookie => PathOf(target).StartsWith(cookie.Value.Path, StringComparison.Ordinal)).Select(cookie => $"{cookie.Key}={cookie.Value.Value}"));

    public void Dispose() => _client.Dispose();

    // Cookies ignore ports, and all hosts here are one.
    private static string PathOf(string target) => target.StartsWith("http", StringComparison.Ordinal) ? new Uri(target).AbsolutePath : target;

    private Uri UrlOf(string target) =>
        target.StartsWith("http", StringComparison.Ordinal) ? new Uri(target) : new Uri((_gateway.Hub is { } hub && target.StartsWith(hub.BaseUrl + "hub/", StringComparison.Ordinal) ? hub.Url : _gateway.Url).GetLeftPart(UriPartial.Authority) + target);

    private void Keep(HttpResponseHeaders headers)
    {
        if (!headers.TryGetValues("Set-Cookie", out var lines))
        {
            return;
        }

        foreach (var parts in lines.Select(line => line.Split(';', StringSplitOptions.TrimEntries)))
        {
            var (name, value) = (parts[0].Split('=', 2)[0], parts[0].Split('=', 2)[1]);
            var path = parts.FirstOrDefault(part => part.StartsWith("Path=", StringComparison.OrdinalIgnoreCase))?[5..] ?? "/";
            if (parts.Contains("Max-Age=0"))
            {
                Cookies.Remove(name);
            }
            else if (!Refuses(name))
            {
                Cookies[name] = (value, path);
            }
        }
    }
}
