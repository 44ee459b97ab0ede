using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.RealHub;

/// <summary>The hub's REST API, as the tests' own service uses it: it may administrate users and servers, and get at none of them.</summary>
internal sealed class HubApi : IDisposable
{
    private readonly HttpClient _http;

    public HubApi(Uri api, string token)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = api, Timeout = TimeSpan.FromMinutes(2) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("token", token);
    }

    public async Task MakeUser(string user)
    {
        using var made = await _http.PostAsync(PathOf(user), null);
        Assert.True(made.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict, $"The hub made no user {user}: {made.StatusCode}");
    }

    /// <summary>Makes the user where there is none yet, starts the server where it does not run, and waits until the hub says that it is ready.</summary>
    public async Task StartServer(string user, string name = "", bool withStub = true, string idleTimeout = "")
    {
        await MakeUser(user);
        if (await IsReady(user, name))
        {
            return;
        }

        using var started = await _http.PostAsJsonAsync(ServerOf(user, name), new { ide = withStub ? "stub" : "own", idleTimeout });
        Assert.True(started.IsSuccessStatusCode, $"The hub did not start {user}/{name}: {started.StatusCode} {await started.Content.ReadAsStringAsync()}");
        await Eventually.Is(() => IsReady(user, name), $"the server {user}/{name} is ready", TimeSpan.FromSeconds(60)); // The hub's own limit.
    }

    public async Task<HttpStatusCode> StopServer(string user, string name = "")
    {
        using var answer = await _http.DeleteAsync(ServerOf(user, name));
        return answer.StatusCode;
    }

    /// <summary>What the hub knows of a running server; null when it does not run.</summary>
    public async Task<JsonNode?> Server(string user, string name = "")
    {
        var model = await _http.GetFromJsonAsync<JsonNode>(PathOf(user));
        return model!["servers"]![name];
    }

    public async Task<bool> IsReady(string user, string name = "") => (bool?)(await Server(user, name))?["ready"] == true;

    public async Task<int> ProcessOf(string user, string name = "") => (int)(await Server(user, name))!["state"]!["pid"]!;

    /// <summary>When the hub thinks that the server was used last.</summary>
    public async Task<DateTimeOffset> LastActivity(string user, string name = "") =>
        (string?)(await Server(user, name))?["last_activity"] is { } time ? DateTimeOffset.Parse(time, CultureInfo.InvariantCulture) : DateTimeOffset.MinValue;

    /// <summary>A new token of a user, with no more than these scopes; with all of the user's where none are named.</summary>
    public async Task<string> NewToken(string user, params string[] scopes)
    {
        using var answer = await _http.PostAsJsonAsync(PathOf(user) + "/tokens", scopes.Length == 0 ? new() : new Dictionary<string, string[]> { ["scopes"] = scopes });
        Assert.True(answer.IsSuccessStatusCode, $"The hub gave {user} no token: {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["token"]!;
    }

    /// <summary>Ends all tokens of a user, those of the sessions in browsers too.</summary>
    public async Task RevokeAllTokens(string user)
    {
        var tokens = await _http.GetFromJsonAsync<JsonNode>(PathOf(user) + "/tokens");
        foreach (var id in tokens!["api_tokens"]!.AsArray().Select(token => (string)token!["id"]!))
        {
            using var answer = await _http.DeleteAsync($"{PathOf(user)}/tokens/{id}");
            Assert.True(answer.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotFound, $"The hub kept a token: {answer.StatusCode}"); // One goes with all of its client.
        }
    }

    /// <summary>Where the proxy sends what is for a server.</summary>
    public async Task<string> TargetOf(string user, string name = "")
    {
        var path = ((string)(await Server(user, name))!["url"]!).TrimEnd('/');
        var routes = await _http.GetFromJsonAsync<JsonNode>("proxy");
        return (string)routes!.AsObject().Single(route => route.Key.TrimEnd('/') == path).Value!["target"]!;
    }

    /// <summary>Makes the hub tell a proxy that has just started about all routes, instead of within five minutes.</summary>
    public async Task TellProxy()
    {
        using var answer = await _http.PostAsync("proxy", null);
        Assert.True(answer.IsSuccessStatusCode, $"The hub did not tell the proxy: {answer.StatusCode}");
    }

    public void Dispose() => _http.Dispose();

    private static string PathOf(string user) => "users/" + Uri.EscapeDataString(user);

    private static string ServerOf(string user, string name) => PathOf(user) + (name.Length == 0 ? "/server" : "/servers/" + Uri.EscapeDataString(name));
}
