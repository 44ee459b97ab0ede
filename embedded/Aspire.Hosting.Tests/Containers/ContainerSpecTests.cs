using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Dcp.Containers;

namespace Aspire.Hosting.Tests.Containers;

public sealed class ContainerSpecTests
{
    [SkippableFact]
    public async Task A_container_is_made_as_the_real_orchestrator_makes_it()
    {
        Podman.Need();
        var volume = $"aspire-containers-test-{Guid.NewGuid():n}";
        await using var app = new ContainerApp("--Parameters:ide-password=pw1");
        var workspace = app.Folder.CreateSubdirectory("workspace");
        app.Builder.AddContainer("ide", "localhost/aspire-containers-test", "1").WithEntrypoint("sleep")
            .WithHttpEndpoint(targetPort: 8080, name: "http", env: "PORT")
            .WithEnvironment("PASSWORD", app.Builder.AddParameter("ide-password", secret: true))
            .WithArgs("1000")
            .WithVolume(volume, "/data")
            .WithBindMount("workspace", "/home/coder/project", isReadOnly: true)
            .WithContainerRuntimeArgs("--memory", "64m", "--stop-signal", "KILL");
        await app.StartAsync();
        var made = JsonNode.Parse(Podman.Ask("inspect", app.ContainerOf("ide")))![0]!;
        await app.App.StopAsync();
        Podman.Ask("volume", "rm", volume);

        var variables = made["Config"]!["Env"]!.AsArray().Select(variable => (string)variable!).ToArray();
        Assert.Contains("PORT=8080", variables);
        Assert.Contains("PASSWORD=pw1", variables);
        Assert.Equal(["sleep", "1000"], [(string)made["Path"]!, .. made["Args"]!.AsArray().Select(argument => (string)argument!)]);
        Assert.Equal(
            [("bind", workspace.FullName, "/home/coder/project", false), ("volume", volume, "/data", true)],
            made["Mounts"]!.AsArray().Select(mount => ((string)mount!["Type"]!, (string?)mount["Name"] is { Length: > 0 } name ? name : (string)mount["Source"]!, (string)mount["Destination"]!, (bool)mount["RW"]!)).Order());
        var binding = Assert.Single(made["HostConfig"]!["PortBindings"]!["8080/tcp"]!.AsArray())!;
        Assert.Equal("127.0.0.1", (string)binding["HostIp"]!);
        Assert.Equal("no", (string)made["HostConfig"]!["RestartPolicy"]!["Name"]!);
        Assert.Equal(64 * 1024 * 1024, (long)made["HostConfig"]!["Memory"]!);
        var aliases = made["NetworkSettings"]!["Networks"]!.AsObject().Single().Value!["Aliases"]!.AsArray().Select(alias => (string)alias!);
        Assert.Contains("ide", aliases);
        Assert.Contains("ide.dev.internal", aliases);
    }

    [Fact]
    public void Values_of_variables_are_not_on_the_command_line_and_their_file_is_private_and_short_lived()
    {
        var variables = new Dictionary<string, string> { ["ONE"] = "s3cret", ["KEY"] = "-----BEGIN\ns3cret\n" };
        string file;
        using (var handed = new ContainerVariables(variables))
        {
            var arguments = Spec() with { Variables = variables };
            Assert.DoesNotContain(arguments.CreateArguments([], handed.Arguments), argument => argument.Contains("s3cret", StringComparison.Ordinal));
            file = handed.Arguments[handed.Arguments.ToList().IndexOf("--env-file") + 1];
            Assert.Equal("ONE=s3cret\n", File.ReadAllText(file));
            Assert.Equal("-----BEGIN\ns3cret\n", Assert.Single(handed.Environment, variable => variable.Key == "KEY").Value);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }

        Assert.False(File.Exists(file));
    }

    [Fact]
    public void Whatever_makes_another_container_makes_another_digest()
    {
        var spec = Spec();
        ContainerSpec[] others =
        [
            spec with { ImageId = "sha256:2" },
            spec with { Arguments = ["one", "two"] },
            spec with { Arguments = ["onetwo"] },
            spec with { Variables = new Dictionary<string, string> { ["A"] = "c" } },
            spec with { Mounts = ["type=volume,target=/data"] },
            spec with { Ports = ["127.0.0.1::8080"] },
            spec with { RuntimeArguments = ["--init"] },
            spec with { Entrypoint = "sh" },
            spec with { Files = [1] },
        ];

        Assert.Equal(spec.Hash, Spec().Hash);
        Assert.Equal(others.Length + 1, others.Append(spec).Select(other => other.Hash).Distinct().Count());
    }

    [Fact]
    public async Task An_endpoint_of_a_persistent_container_has_its_kept_port_and_no_proxy_except_in_tests()
    {
        var container = new ContainerResource("ide");
        container.Annotations.Add(new ContainerLifetimeAnnotation { Lifetime = ContainerLifetime.Persistent });
        var endpoint = new EndpointAnnotation(System.Net.Sockets.ProtocolType.Tcp, uriScheme: "http", targetPort: 8080);
        container.Annotations.Add(endpoint);

        await using var endpoints = new ResourceEndpoints(container, randomizePorts: false, _ => 28156);
        await using var inTests = new ResourceEndpoints(container, randomizePorts: true, _ => throw new InvalidOperationException("Not asked for."));

        Assert.Equal("127.0.0.1:28156:8080", ContainerSpec.PortOf(Assert.Single(endpoints.Published)));
        Assert.Equal("http://localhost:28156", endpoint.AllocatedEndpoint!.UriString);
        Assert.Equal("8080", endpoint.AllocatedEndpoint.TargetPortExpression);
        Assert.Equal("127.0.0.1::8080", ContainerSpec.PortOf(Assert.Single(inTests.Published)));
    }

    [Theory]
    [InlineData("nginx", null, "nginx:latest")]
    [InlineData("nginx", "1.28", "nginx:1.28")]
    [InlineData("registry:5000/team/nginx:1.28", null, "registry:5000/team/nginx:1.28")]
    [InlineData("registry:5000/nginx", null, "registry:5000/nginx:latest")]
    [InlineData("nginx@sha256:abc", null, "nginx@sha256:abc")]
    public void An_image_is_named_as_engines_name_it(string image, string? tag, string reference)
    {
        var container = DistributedApplication.CreateBuilder([]).AddContainer("web", "other").WithImage(image, tag);

        Assert.Equal(reference, container.Resource.Annotations.OfType<ContainerImageAnnotation>().Single().Reference);
    }

    [Fact]
    public void What_cannot_be_is_refused_where_it_is_written()
    {
        var builder = DistributedApplication.CreateBuilder([]);
        var web = builder.AddContainer("web", "nginx:1");

        Assert.Contains("tag or digest already", Assert.Throws<InvalidOperationException>(() => web.WithImage("nginx:1", "2")).Message, StringComparison.Ordinal);
        Assert.Contains("do not exist", Assert.Throws<InvalidOperationException>(() => web.WithContainerFiles("/etc", "no/such/folder")).Message, StringComparison.Ordinal);
        Assert.Contains("AddDockerfile", Assert.Throws<InvalidOperationException>(() => web.WithBuildArg("A", "b")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "WithBuildSecret",
            Assert.Throws<InvalidOperationException>(() => builder.AddDockerfile("own", ".").WithBuildArg("KEY", builder.AddParameter("key", secret: true))).Message,
            StringComparison.Ordinal);
        var pin = builder.AddParameter("pin", secret: true);
        foreach (var value in (object[])[pin, pin.Resource, ReferenceExpression.Create($"x{pin}")])
        {
            Assert.Contains("'pin' is a secret", Assert.Throws<InvalidOperationException>(() => builder.AddDockerfile($"own{Guid.NewGuid():N}", ".").WithBuildArg("PIN", value)).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>(() => new ContainerFile { Name = "../escape" });
    }

    [Fact]
    public async Task An_unknown_engine_is_refused_and_a_container_without_a_target_port_too()
    {
        var unknown = new ContainerApp("--dcp-container-runtime", "lxc");
        await using (unknown)
        {
            unknown.Builder.AddContainer("web", Podman.Image);
            Assert.Contains("ASPIRE_CONTAINER_RUNTIME", (await Assert.ThrowsAsync<DistributedApplicationException>(unknown.StartAsync)).Message, StringComparison.Ordinal);
        }

        await using var app = new ContainerApp();
        app.Builder.AddContainer("web", Podman.Image).WithHttpEndpoint();
        Assert.Contains("target port", (await Assert.ThrowsAsync<DistributedApplicationException>(app.StartAsync)).Message, StringComparison.Ordinal);
    }

    private static ContainerSpec Spec() => new(
        "web", "nginx:1", "sha256:1", null, ["one"], new Dictionary<string, string> { ["A"] = "b" }, [], [], [], "net", ["web"], [], null);
}
