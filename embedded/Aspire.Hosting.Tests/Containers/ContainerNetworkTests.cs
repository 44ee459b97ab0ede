using System.Net.NetworkInformation;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp.Containers;
using Aspire.Hosting.Dcp.Processes;

namespace Aspire.Hosting.Tests.Containers;

public sealed class ContainerNetworkTests
{
    [SkippableFact]
    public async Task Containers_find_each_other_by_name_and_reference()
    {
        Podman.Need();
        await using var app = new ContainerApp();
        var web = app.Web("web", "from the web").WithHttpHealthCheck("/");
        app.Script("client", "echo $WEB $HOST $PORT; for url in $WEB http://web:8080; do wget -qO- $url; echo; done")
            .WithEnvironment("WEB", web.GetEndpoint("http"))
            .WithEnvironment("HOST", web.GetEndpoint("http").Property(EndpointProperty.Host))
            .WithEnvironment("PORT", web.GetEndpoint("http").Property(EndpointProperty.Port))
            .WaitFor(web);

        await app.StartAsync();

        await app.In("client", "Exited");
        Assert.Equal("http://web.dev.internal:8080 web.dev.internal 8080", await app.Line("client", "dev.internal"));
        Assert.Equal(2, app.Log("client").Count(line => line.Content.EndsWith("from the web", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public async Task A_container_reaches_a_process_of_this_machine_through_the_networks_gateway_and_no_other_network_and_nobody_here_does()
    {
        Podman.Need();
        await using var app = new ContainerApp();
        await File.WriteAllTextAsync(Path.Combine(app.Folder.FullName, "index.html"), "from the host\n");
        var host = app.Builder.AddExecutable("host", "sh", app.Folder.FullName, "-c", "exec /bin/busybox httpd -f -p 127.0.0.1:$PORT").WithHttpEndpoint(env: "PORT").WithHttpHealthCheck("/index.html");
        app.Script("client", "echo url $URL; wget -qO- $URL/index.html; sleep 1000 & wait")
            .WithEnvironment("URL", ReferenceExpression.Create($"http://{host.GetEndpoint("http").Property(EndpointProperty.HostAndPort)}"))
            .WaitFor(host);

        await app.StartAsync();

        await app.Line("client", "from the host");
        var url = new Uri((await app.Line("client", "url ")).Split(' ')[1]);
        Assert.Equal("aspire.dev.internal", url.Host);
        var gateway = Podman.Ask("inspect", app.ContainerOf("client"), "--format", "{{range .NetworkSettings.Networks}}{{.Gateway}}{{end}}");
        var listeners = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == url.Port).Select(listener => listener.Address.ToString());
        Assert.Contains(gateway, listeners);
        Assert.All(listeners, address => Assert.Contains(address, (string[])[gateway, "127.0.0.1", "::1"]));

        var way = new UriBuilder(url) { Host = gateway, Path = "/index.html" }.Uri;
        var other = $"aspire-containers-test-{Guid.NewGuid():n}";
        Podman.Ask("network", "create", other);
        try
        {
            var heard = Podman.Ask("run", "--rm", "--network", other, Podman.Image, "sh", "-c", $"wget -T 10 -qO- {way} 2>&1 || echo refused");
            Assert.EndsWith("refused", heard, StringComparison.Ordinal);
            Assert.DoesNotContain("from the host", heard, StringComparison.Ordinal);
        }
        finally
        {
            Podman.RemoveNetwork(other);
        }

        using var client = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(way));
        Assert.Equal("from the host", Podman.Ask("exec", app.ContainerOf("client"), "wget", "-qO-", way.ToString()));
    }

    [SkippableFact]
    public async Task A_container_that_reaches_nothing_here_is_told_of_in_the_AppHosts_log()
    {
        Podman.Need();
        var name = $"aspire-containers-test-{Guid.NewGuid():n}";
        using var engine = new FakeEngine($$"""
            # As with an engine in a virtual machine: the network's addresses are not this machine's.
            case "$1 $2" in "network inspect") {{FakeEngine.Real}} "$@" > /dev/null || exit 1; echo '[{"subnets":[{"subnet":"203.0.113.0/24","gateway":"203.0.113.1"}]}]'; exit;; esac
            exec {{FakeEngine.Real}} "$@"
            """);
        using var owner = engine.Own(name);

        await Eventually.Is(() => owner.Output.Contains("state web Running", StringComparison.Ordinal), $"the container runs; {owner.Output}", seconds: 60);

        Assert.Contains("podman runs containers where aspire.dev.internal does not lead to this machine (rootless, or in a virtual machine): 'web' reaches no process", owner.Output, StringComparison.Ordinal);
        var network = Podman.NetworkOf(name);
        owner.Signal(Posix.SigKill);
        await Eventually.Is(() => !Podman.Exists("container", name) && !Podman.Exists("network", network), "the guard removes container and network", seconds: 30);
    }

    [Theory]
    [InlineData("""[{"name":"n","subnets":[{"subnet":"fd00::/64","gateway":"fd00::1"},{"subnet":"10.89.0.0/24","gateway":"10.89.0.1"}]}]""", "10.89.0.0/24 10.89.0.1")]
    [InlineData("""[{"Name":"n","IPAM":{"Driver":"default","Config":[{"Subnet":"172.18.0.0/16","Gateway":"172.18.0.1"}]}}]""", "172.18.0.0/16 172.18.0.1")]
    [InlineData("""[{"Name":"none","IPAM":{"Config":[]}}]""", null)]
    [InlineData("[]", null)]
    public void The_addresses_are_read_from_what_podman_and_docker_print(string inspected, string? expected) =>
        Assert.Equal(expected, ContainerSubnet.Parse(inspected) is { } subnet ? $"{subnet.Network} {subnet.Host}" : null);
}
