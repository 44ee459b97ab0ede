using System.Globalization;
using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Hub;

/// <summary>What the hub itself sees of a server: its polls, its version, its activity.</summary>
public class HubSideTests
{
    [Fact]
    public async Task Every_answer_carries_the_hubs_version()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        await gateway.Process.WaitForOutput("is JupyterHub 5.4.3");
        using var browser = gateway.Browser("ada");
        await browser.FollowAsync("/user/ada/");
        foreach (var target in new[] { "/user/ada/api", "/user/ada/", "/user/ada/api/unknown", "/user/ada", "/elsewhere", "/health", "/user/ada/logout" })
        {
            using var answer = await browser.OpenAsync(target);
            Assert.Equal("5.4.3", Assert.Single(answer.Headers.GetValues("X-JupyterHub-Version")));
        }

        using var challenge = await gateway.Browser().OpenAsync("/user/ada/");
        Assert.Equal("5.4.3", Assert.Single(challenge.Headers.GetValues("X-JupyterHub-Version")));
    }

    [Fact]
    public async Task The_polls_of_old_and_new_hubs_are_answered_while_the_IDE_is_down()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        gateway.Ide.Healthy = false;
        using var browser = gateway.Browser();
        await Eventually.Is(
            async () =>
            {
                using var answer = await browser.SendAsync(HttpMethod.Get, "/health");
                return answer.StatusCode == HttpStatusCode.ServiceUnavailable;
            },
            "the IDE is down");
        foreach (var poll in new[] { "/user/ada/", "/user/ada/api" })
        {
            using var answer = await browser.SendAsync(HttpMethod.Get, poll);
            Assert.InRange((int)answer.StatusCode, 200, 399);
        }
    }

    [Fact]
    public async Task The_gateway_serves_while_the_hub_cannot_be_reached()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("JUPYTERHUB_API_URL", $"http://127.0.0.1:{Ports.Free()}/hub/api"));
        using var browser = gateway.Browser();
        using var answer = await browser.SendAsync(HttpMethod.Get, "/user/ada/api");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await gateway.Process.WaitForOutput("JUPYTERHUB_API_URL");
    }

    [Fact]
    public async Task The_hub_is_asked_for_its_version_until_it_answers()
    {
        var hub = await StubHub.StartAsync();
        hub.Broken = 503;
        await using var gateway = await RunningGateway.StartAsync(hub);
        await gateway.Process.WaitForOutput("The hub answered 503 when asked for its version. The next try is in");
        hub.Broken = 200;
        await gateway.Process.WaitForOutput("is JupyterHub 5.4.3");
        Assert.DoesNotContain("is written for", gateway.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hub_of_a_version_that_is_not_known_is_noticed_and_served()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(version: "7.0.0"));
        await gateway.Process.WaitForOutput("is written for JupyterHub 3 to 6, and the hub is 7.0.0.");
    }

    // As hubs write it for c.Spawner.ip = '', '::' and "all of them"; no Uri in the sense of .NET.
    [Theory]
    [InlineData("http://:{0}/user/ada/")]
    [InlineData("http://:::{0}/user/ada/")]
    [InlineData("http://[::]:{0}/user/ada/")]
    public async Task An_address_for_all_is_listened_on_at_the_hubs_port(string url)
    {
        var port = Ports.Free();
        await using var gateway = await RunningGateway.StartAsync(
            await StubHub.StartAsync(), ("JUPYTERHUB_SERVICE_URL", string.Format(CultureInfo.InvariantCulture, url, port)));
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/user/ada/api"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Use_while_the_hub_is_away_is_reported_when_it_is_back()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("JUPYTERHUB_ACTIVITY_INTERVAL", "0.2"));
        var hub = gateway.Hub!;
        using var browser = gateway.Browser("ada");
        (await browser.FollowAsync("/user/ada/")).Answer.Dispose();
        await Eventually.Is(() => !hub.Activity.IsEmpty, "a report at the start");
        hub.Broken = 503;
        using (var used = await browser.OpenAsync("/user/ada/x"))
        {
            Assert.Equal(HttpStatusCode.OK, used.StatusCode);
        }

        var at = DateTimeOffset.UtcNow;
        await Eventually.Is(() => gateway.Process.Output.Split("could not be reported").Length > 3, "a report fails for more than an interval");
        hub.Activity.Clear();
        hub.Broken = 200;
        await Eventually.Is(() => !hub.Activity.IsEmpty, "the report of what happened meanwhile");
        Assert.True(DateTimeOffset.Parse((string)hub.Activity.Last()["last_activity"]!, CultureInfo.InvariantCulture) <= at);
    }

    [Fact]
    public async Task Use_is_reported_to_the_hub_and_health_checks_are_no_use()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("JUPYTERHUB_ACTIVITY_INTERVAL", "0.2"));
        var hub = gateway.Hub!;
        await Eventually.Is(() => !hub.Activity.IsEmpty, "a report at the start");
        var first = hub.Activity.Single();
        Assert.Equal((string)first["last_activity"]!, (string)first["servers"]![""]!["last_activity"]!);
        Assert.EndsWith("Z", (string)first["last_activity"]!, StringComparison.Ordinal);

        // Neither probes nor polls nor refused requests count.
        using var browser = gateway.Browser();
        foreach (var target in new[] { "/health", "/user/ada/api", "/user/ada/api/status", "/user/ada/" })
        {
            using var answer = await browser.SendAsync(HttpMethod.Get, target);
        }

        using var used = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, ("Authorization", "token " + hub.TokenOf("ada")));
        await Eventually.Is(() => hub.Activity.Count > 1, "a report of the request");
        Assert.Equal(2, hub.Activity.Count);
        Assert.True(Time(hub.Activity.Last()) > Time(first));

        static DateTimeOffset Time(System.Text.Json.Nodes.JsonNode report) => DateTimeOffset.Parse((string)report["last_activity"]!, CultureInfo.InvariantCulture);
    }
}
