using System.Net.NetworkInformation;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp.Containers;

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
    public async Task A_container_reaches_a_process_of_this_machine_through_the_networks_gateway_and_nobody_else_does()
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
    }

    [Theory]
    [InlineData("""[{"name":"n","subnets":[{"subnet":"fd00::/64","gateway":"fd00::1"},{"subnet":"10.89.0.0/24","gateway":"10.89.0.1"}]}]""", "10.89.0.1")]
    [InlineData("""[{"Name":"n","IPAM":{"Driver":"default","Config":[{"Subnet":"172.18.0.0/16","Gateway":"172.18.0.1"}]}}]""", "172.18.0.1")]
    [InlineData("""[{"Name":"none","IPAM":{"Config":[]}}]""", null)]
    [InlineData("[]", null)]
    public void The_gateway_is_read_from_what_podman_and_docker_print(string inspected, string? gateway) =>
        Assert.Equal(gateway, ContainerNetwork.GatewayOf(inspected)?.ToString());
}
