using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>A hub with users that starts servers, and what its API says about them.</summary>
internal static class HubCalls
{
    private const string AdminToken = "token-of-the-tests-0123456789abcdef";

    /// <summary>A hub with the users alice, bob and root (an administrator), all with the password "pw", and a service of the tests' own that may do everything.</summary>
    public static Task<RunningHub> StartAsync(params (string Setting, string Value)[] settings) => RunningHub.StartAsync(
    [
        ("Users:alice", "pw"), ("Users:bob", "pw"), ("Users:root", "pw"), ("Admins", "root"),
        ("Services:0:Name", "tests"), ("Services:0:ApiToken", AdminToken), ("Services:0:Admin", "true"),
        .. settings,
    ]);

    /// <summary>What the API answers: its status, content type, and body.</summary>
    public sealed record Answer(int Status, string? ContentType, string Body, TimeSpan Took)
    {
        public JsonNode Json => JsonNode.Parse(Body)!;

        public string? Message => Json["message"]?.GetValue<string>();
    }

    public static async Task<Answer> CallAsync(this RunningHub hub, string method, string path, string? body = null, string token = AdminToken)
    {
        using var api = new Browser(hub.Api);
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        var clock = Stopwatch.StartNew();
        using var answer = await api.SendAsync(new HttpMethod(method), "/hub/api/" + path, content, ("Authorization", "token " + token));
        return new Answer((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString(), await answer.Content.ReadAsStringAsync(), clock.Elapsed);
    }

    public static Task<Answer> StartServerAsync(this RunningHub hub, string path, string? body = null) => hub.CallAsync("POST", "users/" + path, body);

    public static Task<Answer> StopServerAsync(this RunningHub hub, string path, string? body = null) => hub.CallAsync("DELETE", "users/" + path, body);

    /// <summary>The model of a server, stopped ones too; null if the user has none of that name.</summary>
    public static async Task<JsonNode?> ServerAsync(this RunningHub hub, string user, string name = "") =>
        (await hub.CallAsync("GET", $"users/{user}?include_stopped_servers")).Json["servers"]![name];

    /// <summary>Waits until the model says so: "ready", "stopped", or pending "spawn" or "stop".</summary>
    public static Task BecomesAsync(this RunningHub hub, string state, string user, string name = "", TimeSpan? limit = null) => Eventually.Is(
        async () => await hub.ServerAsync(user, name) is { } server
            && (state is "ready" or "stopped" ? server[state]!.GetValue<bool>() : server["pending"]?.GetValue<string>() == state),
        $"the server '{name}' of {user} is {state}",
        limit);

    /// <summary>What a server of <see cref="RunningHub.SingleUserServer"/> says of itself, past the login of any real server.</summary>
    public static async Task<JsonNode> AskServerAsync(this RunningHub hub, string prefix)
    {
        using var browser = hub.NewBrowser();
        using var answer = await browser.GetAsync(prefix + "env");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    public static bool IsRunning(int processId) => Processes.All().Any(process => process.Id == processId && process.CommandLine.Length > 0);
}
