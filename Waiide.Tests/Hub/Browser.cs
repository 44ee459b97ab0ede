using System.Net;
using System.Text.RegularExpressions;

namespace Waiide.Tests.Hub;

/// <summary>What a browser is to a hub: cookies by path, redirects seen one by one, and targets sent as they are written.</summary>
public sealed partial class Browser : IDisposable
{
    private static readonly UriCreationOptions Untouched = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly Uri _origin;
    private readonly CookieContainer _cookies = new();
    private readonly HttpClient _client;

    public Browser(Uri origin)
    {
        _origin = origin;
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = _cookies });
    }

    public string CookiesFor(string path) => _cookies.GetCookieHeader(new Uri(_origin, path));

    public string? Cookie(string name, string path) => _cookies.GetCookies(new Uri(_origin, path)).FirstOrDefault(cookie => cookie.Name == name)?.Value;

    public void SetCookie(string name, string value, string path) => _cookies.Add(new Cookie(name, value, path, _origin.Host));

    public Task<HttpResponseMessage> GetAsync(string target, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, target, content: null, headers);

    public Task<HttpResponseMessage> PostFormAsync(string target, params (string Name, string Value)[] fields) =>
        SendAsync(HttpMethod.Post, target, new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, HttpContent? content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(_origin.GetLeftPart(UriPartial.Authority) + target, Untouched)) { Content = content };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _client.SendAsync(request);
    }

    /// <summary>Opens an address as a click does, and goes where it leads.</summary>
    public async Task<(HttpStatusCode Status, string Target, string Page)> OpenAsync(string target)
    {
        for (var redirects = 0; redirects < 10; redirects++)
        {
            using var answer = await GetAsync(target, ("Accept", "text/html"), ("Sec-Fetch-Mode", "navigate"));
            if (answer.Headers.Location is not { } location)
            {
                return (answer.StatusCode, target, await answer.Content.ReadAsStringAsync());
            }

            target = location.IsAbsoluteUri ? location.PathAndQuery : location.OriginalString.StartsWith('/') ? location.OriginalString : new Uri(new Uri(_origin, target), location).PathAndQuery;
        }

        throw new InvalidOperationException($"Too many redirects, the last to {target}.");
    }

    /// <summary>Fills in the login form; returns the answer to it.</summary>
    public async Task<HttpResponseMessage> SignInAsync(string user, string password, string login = "/hub/login")
    {
        using var form = await GetAsync(login);
        var page = await form.Content.ReadAsStringAsync();
        return await PostFormAsync(login, ("_xsrf", XsrfField().Match(page).Groups[1].Value), ("username", user), ("password", password));
    }

    /// <summary>Asks for an authorization code as a server would, through this browser.</summary>
    public async Task<string> CodeAsync(string user, string extra = "")
    {
        using var answer = await GetAsync($"/hub/api/oauth2/authorize?client_id=jupyterhub-user-{user}&redirect_uri=%2Fuser%2F{user}%2Foauth_callback&response_type=code&state=abc{extra}");
        var location = answer.Headers.Location?.OriginalString ?? "";
        Assert.Matches($@"^/user/{user}/oauth_callback\?code=\w{{30}}&state=abc$", location);
        return location.Split("code=")[1].Split('&')[0];
    }

    public void Dispose() => _client.Dispose();

    [GeneratedRegex("name=\"_xsrf\" value=\"([^\"]*)\"")]
    private static partial Regex XsrfField();
}
