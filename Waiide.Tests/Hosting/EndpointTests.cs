using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hosting;

public sealed class EndpointTests
{
    private const string Server = "require('http').createServer((q, a) => { console.log(q.method, q.url, q.headers.host); a.statusCode = q.url == '/bad' ? 503 : 200; a.end(q.method + ' ' + q.url) }).listen(process.env.PORT, '127.0.0.1')";

    [Fact]
    public async Task The_public_port_holds_a_client_until_the_process_listens()
    {
        await using var host = StubAppHost.Describe();
        host.Builder.AddExecutable("server", "node", ".", "-e", $"setTimeout(() => {Server}, 700)").WithHttpEndpoint(name: "http", env: "PORT").WithHttpHealthCheck("/", endpointName: "http");
        await host.StartAsync();

        Assert.Equal(HealthStatus.Unhealthy, host.Now("server").HealthStatus);
        using var client = host.App.CreateHttpClient("server", "http");
        Assert.Equal("GET /first", await client.GetStringAsync("/first", host.Deadline));

        var healthy = await host.States.WaitForResourceHealthyAsync("server", host.Deadline);
        Assert.Equal("server_http_/_200_check", Assert.Single(healthy.Snapshot.HealthReports).Name);
        Assert.Equal(client.BaseAddress, host.App.GetEndpoint("server"));
        Assert.False(Assert.Single(healthy.Snapshot.Urls).IsInactive);
    }

    [Fact]
    public async Task A_health_check_gets_a_path_at_the_public_port_and_expects_a_status()
    {
        await using var host = StubAppHost.Describe();
        var server = host.Builder.AddExecutable("server", "node", ".", "-e", Server).WithHttpEndpoint(name: "http", env: "PORT")
            .WithHttpHealthCheck()
            .WithHttpHealthCheck("/bad")
            .WithHttpHealthCheck("/bad", statusCode: 503);
        await host.StartAsync();

        var found = await host.States.WaitForResourceAsync("server", now => now.Snapshot.HealthReports.All(report => report.Status is not null), host.Deadline);
        Assert.Equal(
            [("server_http_/_200_check", HealthStatus.Healthy), ("server_http_/bad_200_check", HealthStatus.Unhealthy), ("server_http_/bad_503_check", HealthStatus.Healthy)],
            found.Snapshot.HealthReports.Select(report => (report.Name, report.Status!.Value)));
        Assert.Equal(HealthStatus.Unhealthy, found.Snapshot.HealthStatus);

        var place = $"localhost:{server.GetEndpoint("http").Port}";
        await Eventually.Is(async () => (await host.Printed(server)).Count >= 3, "each check has asked");
        Assert.Equal([$"GET / {place}", $"GET /bad {place}"], (await host.Printed(server)).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_public_port_that_is_taken_is_named_with_its_resource_and_endpoint()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var host = StubAppHost.Describe("DcpPublisher:RandomizePorts=false");
        var gateway = host.AddShell("gateway", "exec sleep 100").WithHttpEndpoint(port: port, name: "http");
        var bystander = host.AddEnv("bystander").WithEnvironment("GATEWAY", gateway.GetEndpoint("http"));
        await host.StartAsync();

        Assert.Equal(KnownResourceStates.FailedToStart, host.Now("gateway").State?.Text);
        Assert.Contains(host.Logged, line => line.Contains($"Port {port} of endpoint 'http' of resource 'gateway' is already in use.", StringComparison.Ordinal));
        Assert.Equal($"http://localhost:{port}", (await host.Environment(bystander))["GATEWAY"]);

        // Once the port is free, a start is all it needs.
        taken.Stop();
        Assert.True((await host.Execute("gateway", KnownResourceCommands.StartCommand)).Success);
        Assert.Equal(KnownResourceStates.Running, host.Now("gateway").State?.Text);
    }

    [Fact]
    public async Task Without_a_proxy_the_process_itself_listens_on_the_port()
    {
        var port = Ports.Free();
        await using var host = StubAppHost.Describe();
        host.Builder.AddExecutable("server", "node", ".", "-e", Server).WithHttpEndpoint(port: port, env: "PORT", isProxied: false).WithHttpHealthCheck();
        await host.StartAsync();

        await host.States.WaitForResourceHealthyAsync("server", host.Deadline);
        Assert.Equal(new Uri($"http://localhost:{port}"), host.App.GetEndpoint("server", "http"));
    }

    [Fact]
    public async Task A_proxy_and_its_process_cannot_have_the_same_port()
    {
        await using var host = StubAppHost.Describe("DcpPublisher:RandomizePorts=false");
        host.AddShell("server", "true").WithHttpEndpoint(port: 12345, targetPort: 12345);
        var refusal = await Assert.ThrowsAnyAsync<Exception>(host.StartAsync);
        Assert.Contains("'server'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_are_named_added_and_changed()
    {
        await using var host = StubAppHost.Describe();
        var server = host.AddShell("server", "exec sleep 100").WithHttpEndpoint(name: "http").WithHttpEndpoint(name: "api");
        server.WithUrlForEndpoint("http", url => url.DisplayText = "Front")
            .WithUrlForEndpoint("http", endpoint => new ResourceUrlAnnotation { Url = "/admin", DisplayText = "Admin" })
            .WithUrlForEndpoint("api", url => url.DisplayLocation = UrlDisplayLocation.DetailsOnly)
            .WithUrl("http://example.org", "Elsewhere")
            .WithUrl($"{server.GetEndpoint("http")}/user/ada/", "IDE");
        await host.StartAsync();

        var front = server.GetEndpoint("http").Url;
        Assert.Equal(
            [
                $"http {front} Front False",
                $"api {server.GetEndpoint("api").Url}  True",
                " http://example.org Elsewhere False",
                $"http {front}/admin Admin False",
                $"http {front}/user/ada/ IDE False",
            ],
            host.Now("server").Urls.Select(url => $"{url.Name} {url.Url} {url.DisplayProperties.DisplayName} {url.IsInternal}"));
    }

    [Fact]
    public async Task A_command_sends_a_request_and_fails_with_the_answer()
    {
        await using var host = StubAppHost.Describe();
        var server = host.Builder.AddExecutable("server", "node", ".", "-e", Server).WithHttpEndpoint(name: "http", env: "PORT");
        string? sent = null;
        server.WithHttpCommand("/good", "Good", endpointName: "http", commandOptions: new() { PrepareRequest = context => { sent = context.Request.Method.Method; return Task.CompletedTask; } })
            .WithHttpCommand("/bad", "Bad", endpointName: "http", commandName: "bad", commandOptions: new() { Method = HttpMethod.Put });
        await host.StartAsync();

        Assert.Equal(ResourceCommandState.Enabled, host.Now("server").Commands.Single(command => command.Name == "bad").State);
        Assert.True((await host.Execute("server", "server-http-http-post-/good")).Success);
        Assert.Equal("POST", sent);
        var bad = await host.Execute("server", "bad");
        Assert.False(bad.Success);
        Assert.Contains("503", bad.Message, StringComparison.Ordinal);
    }
}
