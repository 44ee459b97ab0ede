using System.Net;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Api;

public class StatusTests
{
    [Fact]
    public async Task Status_has_the_keys_of_the_reference_and_the_real_ports()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync("ada", "ada-waiide-abc123"));
        var token = ("Authorization", "token " + gateway.Hub!.TokenOf("ada"));
        using var browser = gateway.Browser();

        var whole = await JsonAsync(browser, "/user/ada/ada-waiide-abc123/api/status", token);
        foreach (var (name, port) in new[] { ("WAIIDE", gateway.Ide.Url.Port), ("jupyter", gateway.Port), ("gateway", gateway.Port) })
        {
            Assert.Equal("running", (string)whole["services"]![name]!["status"]!);
            Assert.Equal(port, (int)whole["services"]![name]!["port"]!);
        }

        Assert.Equal("ada", (string)whole["environment"]!["user"]!);
        Assert.Equal("ada-waiide-abc123", (string)whole["environment"]!["server_name"]!);
        Assert.Equal("jupyterhub", (string)whole["proxy"]!["mode"]!);

        var bare = await JsonAsync(browser, "/user/ada/ada-waiide-abc123/api/status");
        Assert.Equal("services", Assert.Single(bare.AsObject()).Key);
        Assert.Equal(whole["services"]!.ToJsonString(), bare["services"]!.ToJsonString());
    }

    [Fact]
    public async Task An_IDE_that_is_down_is_told_from_a_gateway_that_is()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        using var browser = gateway.Browser();
        var health = await JsonAsync(browser, "/health");
        Assert.Equal("healthy", (string)health["status"]!);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$", (string)health["timestamp"]!);

        gateway.Ide.Healthy = false;

        await Eventually.Is(
            async () =>
            {
                using var answer = await browser.SendAsync(HttpMethod.Get, "/health");
                return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
            },
            "/health says that the IDE is down");
        using var alive = await browser.SendAsync(HttpMethod.Head, "/alive");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
        var status = await JsonAsync(browser, "/api/status", ("Authorization", "token " + RunningGateway.Token));
        Assert.Equal("failed", (string)status["services"]!["WAIIDE"]!["status"]!);
        Assert.Equal("running", (string)status["services"]!["gateway"]!["status"]!);
        Assert.NotEmpty((string)status["ide"]!["detail"]!);
    }

    [Fact]
    public async Task The_API_is_never_the_IDEs()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        using var browser = gateway.Browser();
        var token = ("Authorization", "token " + RunningGateway.Token);

        Assert.Equal("version", Assert.Single((await JsonAsync(browser, "/api")).AsObject()).Key);
        var endpoints = (await JsonAsync(browser, "/api/"))["endpoints"]!.AsArray().Select(path => (string)path!).ToArray();
        Assert.Superset(
            new HashSet<string> { "/health", "/alive", "/api", "/api/status", "/api/activity", "/api/notices", "/api/restart", "/open", "/tunnel/{port}", "/proxy/{port}/", "/absproxy/{port}/" },
            endpoints.ToHashSet());
        Assert.DoesNotContain(endpoints, path => path.Contains("**", StringComparison.Ordinal));
        Assert.Equal(endpoints.Distinct(), endpoints);
        Assert.Equal("healthy", (string)(await JsonAsync(browser, "/api/health", token))["status"]!);
        foreach (var path in new[] { "/api/unknown", "/api/restart/x", "/api/status/x", "/API/other" })
        {
            using var answer = await browser.SendAsync(HttpMethod.Post, path, null, token);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        Assert.DoesNotContain(gateway.Ide.Forwarded, request => request.Target.Contains("api", StringComparison.OrdinalIgnoreCase));
    }

    private static async Task<JsonNode> JsonAsync(Browser browser, string target, params (string, string)[] headers)
    {
        using var answer = await browser.SendAsync(HttpMethod.Get, target, null, headers);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
