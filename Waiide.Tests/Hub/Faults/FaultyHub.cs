using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub.Faults;

/// <summary>A hub that may be made to misbehave, and the administrators' token that does it; with ada's gateway behind it where a test wants one.</summary>
internal sealed class FaultyHub : IAsyncDisposable
{
    public const string OpsToken = "ops-token-0123456789abcdef";
    private const string AdaToken = "ada-server-token-0123456789abcdef";

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero }) { Timeout = TimeSpan.FromSeconds(30) };

    private FaultyHub(RunningHub hub, RunningGateway? gateway) => (Hub, GatewayOrNone) = (hub, gateway);

    public RunningHub Hub { get; }

    public RunningGateway Gateway => GatewayOrNone!;

    private RunningGateway? GatewayOrNone { get; }

    public static async Task<FaultyHub> StartAsync(params (string Setting, string Value)[] settings) => new(await StartHubAsync(settings), gateway: null);

    /// <summary>The same with a real gateway as ada's server, which tells its activity every second.</summary>
    public static async Task<FaultyHub> WithGatewayAsync(params (string Setting, string Value)[] settings)
    {
        var port = Ports.Free().ToString(CultureInfo.InvariantCulture);
        var hub = await StartHubAsync([("Servers:0:User", "ada"), ("Servers:0:Url", $"http://127.0.0.1:{port}"), ("Servers:0:ApiToken", AdaToken), .. settings]);
        var gateway = await RunningGateway.StartAsync(
            hub: null,
            ("PORT", port),
            ("WAIIDE_TOKEN", ""),
            ("JUPYTERHUB_API_TOKEN", AdaToken),
            ("JUPYTERHUB_API_URL", $"{hub.Api}hub/api"),
            ("JUPYTERHUB_ACTIVITY_URL", $"{hub.Api}hub/api/users/ada/activity"),
            ("JUPYTERHUB_ACTIVITY_INTERVAL", "1"),
            ("JUPYTERHUB_BASE_URL", "/"),
            ("JUPYTERHUB_CLIENT_ID", "jupyterhub-user-ada"),
            ("JUPYTERHUB_HOST", ""),
            ("JUPYTERHUB_OAUTH_ACCESS_SCOPES", "[\"access:servers!server=ada/\", \"access:servers!user=ada\"]"),
            ("JUPYTERHUB_OAUTH_CALLBACK_URL", "/user/ada/oauth_callback"),
            ("JUPYTERHUB_SERVER_NAME", ""),
            ("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/"),
            ("JUPYTERHUB_SERVICE_URL", $"http://127.0.0.1:{port}/user/ada/"),
            ("JUPYTERHUB_USER", "ada"));
        await hub.Process.WaitForOutput("/user/ada/ is Ready.");
        return new(hub, gateway);
    }

    /// <summary>PUT {hub}api/faults/{name}, through the front so that the API itself may be unreachable.</summary>
    public async Task<JsonNode> BeginAsync(string name, object fault)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(Hub.Front, "/hub/api/faults/" + name)) { Content = JsonContent.Create(fault) };
        var (status, body) = await SendAsync(request);
        Assert.True(status is HttpStatusCode.Created or HttpStatusCode.OK, $"{name} gets {status}: {body}");
        return body!;
    }

    public async Task EndAsync(string name = "")
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(Hub.Front, "/hub/api/faults" + (name.Length > 0 ? "/" + name : "")));
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(request)).Status);
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body)> ApiAsync(string path, string token = OpsToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Hub.Api, "/hub/api" + path));
        return await SendAsync(request, token);
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpRequestMessage request, string token = OpsToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("token", token);
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, text.StartsWith('{') || text.StartsWith('[') ? JsonNode.Parse(text) : null);
    }

    /// <summary>Signs in at the hub and goes on to ada's server, through the front.</summary>
    public async Task<HttpPerson> SignedInAsync(string user)
    {
        var person = new HttpPerson(Hub.Front);
        await person.SignIn(user, "pw", "/user/ada/");
        return person;
    }

    /// <summary>A new token of a user's, who may do with it whatever they may do.</summary>
    public async Task<(string Token, string Id)> NewTokenAsync(string user, int? lifetime = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Hub.Api, $"/hub/api/users/{user}/tokens")) { Content = JsonContent.Create(new { expires_in = lifetime }) };
        var (status, body) = await SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, status);
        return ((string)body!["token"]!, (string)body["id"]!);
    }

    /// <summary>The ids of a user's OAuth tokens, oldest first.</summary>
    public async Task<string[]> OAuthTokensAsync(string user) =>
        [.. (await ApiAsync($"/users/{user}/tokens")).Body!["api_tokens"]!.AsArray().Where(token => (string?)token!["oauth_client"] != "JupyterHub").Select(token => (string)token!["id"]!)];

    /// <summary>When ada's server was last active, as the hub knows it.</summary>
    public async Task<string?> LastActivityAsync() => (string?)(await ApiAsync("/users/ada")).Body!["servers"]![""]!["last_activity"];

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (GatewayOrNone is not null)
        {
            await GatewayOrNone.DisposeAsync();
        }

        await Hub.DisposeAsync();
    }

    private static Task<RunningHub> StartHubAsync((string Setting, string Value)[] settings) => RunningHub.StartAsync(
    [
        ("Users:ada", "pw"), ("Users:root", "pw"), ("Admins", "root"), ("Services:0:Name", "ops"), ("Services:0:ApiToken", OpsToken), ("Services:0:Admin", "true"),
        ("Faults:Enabled", "true"), .. settings,
    ]);
}
