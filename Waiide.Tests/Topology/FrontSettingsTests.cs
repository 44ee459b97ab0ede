using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>What a person hears who asks for TLS where it cannot be had.</summary>
public sealed class FrontSettingsTests
{
    private static readonly string[] NoContainerEngine = ["env", "ASPIRE_CONTAINER_RUNTIME=no-such-engine"];
    private static readonly string[] WithoutNginx = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs none /usr/sbin && exec \"$@\"", "sh"];

    // What `info` of each prints, as far as it counts.
    private const string Podman = """{"host":{"os":"linux","security":{"rootless":false},"serviceIsRemote":false}}""";
    private const string RootlessPodman = """{"host":{"os":"linux","security":{"rootless":true},"serviceIsRemote":false}}""";
    private const string PodmanMachine = """{"host":{"os":"linux","security":{"rootless":false},"serviceIsRemote":true}}""";
    private const string Docker = """{"SecurityOptions":["name=seccomp,profile=builtin","name=cgroupns"],"OperatingSystem":"Debian GNU/Linux 12 (bookworm)"}""";
    private const string RootlessDocker = """{"SecurityOptions":["name=seccomp,profile=builtin","name=rootless","name=cgroupns"],"OperatingSystem":"Debian GNU/Linux 12 (bookworm)"}""";
    private const string DockerDesktop = """{"SecurityOptions":["name=seccomp,profile=unconfined"],"OperatingSystem":"Docker Desktop"}""";

    [SkippableTheory]
    [InlineData("true", "Waiide:Front=true needs nginx on this machine (apt-get install nginx) or a container engine that answers")]
    [InlineData("process", "Waiide:Front=process needs nginx on this machine.")]
    [InlineData("container", "Waiide:Front=container needs a container engine that answers")]
    [InlineData("perhaps", "Waiide:Front is 'perhaps'; it is 'true'")]
    public async Task Where_neither_nginx_nor_an_engine_is_there_one_sentence_says_so(string front, string sentence)
    {
        Prerequisites.Need("unshare");

        await using var host = StartAppHost([.. WithoutNginx, .. NoContainerEngine], $"--Waiide:Front={front}");

        Assert.Equal(1, await host.WaitForExit());
        Assert.StartsWith(sentence, Assert.Single(host.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(RootlessPodman)]
    [InlineData(PodmanMachine)]
    [InlineData(RootlessDocker)]
    [InlineData(DockerDesktop)]
    public async Task Where_containers_do_not_reach_this_machine_true_is_its_own_nginx(string engine)
    {
        Prerequisites.Need("nginx");
        using var folder = new TempDirectory();

        Assert.IsType<ExecutableResource>(await Describe("front", "--Waiide:Front=true", Engine(folder, engine)));
        Assert.IsType<ContainerResource>(await Describe("front", "--Waiide:Front=container", Engine(folder, engine)));
    }

    [Theory]
    [InlineData(Podman)]
    [InlineData(Docker)]
    public async Task Where_containers_reach_this_machine_true_is_a_container(string engine)
    {
        using var folder = new TempDirectory();

        Assert.IsType<ContainerResource>(await Describe("front", "--Waiide:Front=true", Engine(folder, engine)));
    }

    [SkippableFact]
    public async Task Where_containers_do_not_reach_this_machine_and_nginx_is_missing_one_sentence_says_so()
    {
        Prerequisites.Need("unshare");
        using var folder = new TempDirectory();

        await using var host = StartAppHost(WithoutNginx, "--Waiide:Front=true", Engine(folder, RootlessPodman));

        Assert.Equal(1, await host.WaitForExit());
        var sentence = Assert.Single(host.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith("Waiide:Front=true needs nginx on this machine (apt-get install nginx): containers of ", sentence, StringComparison.Ordinal);
        Assert.Contains("without root or in a virtual machine, do not reach the gateway. Install it, or leave Waiide:Front out", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_engine_the_image_of_the_IDE_gives_way_to_a_process_and_one_sentence_says_so()
    {
        Assert.IsType<ExecutableResource>(await Describe("ide", "--Ide:Image=localhost/ide:1", "--ASPIRE_CONTAINER_RUNTIME=no-such-engine"));

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var busy = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        using var data = new TempDirectory();
        await using var host = StartAppHost(NoContainerEngine, "--Ide:Image=localhost/ide:1", $"--Waiide:GatewayPort={busy}", $"--WAIIDE_DATA_DIR={data.Path}", $"--WAIIDE_WORKSPACE={data.Path}");

        // What ends it is the port.
        Assert.Equal(1, await host.WaitForExit());
        Assert.Contains("ide: runs as a process of this machine, not from the image localhost/ide:1, because no container engine (docker or podman) answers.", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Ide:Image is", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_engine_is_asked_once_whether_it_answers()
    {
        using var folder = new TempDirectory();

        await Describe("ide", "--Ide:Image=localhost/ide:1", "--Waiide:Front=container", Engine(folder, Podman));

        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(folder.Path, "calls")), call => call.StartsWith("container ls", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_busy_port_is_named_with_its_setting()
    {
        Prerequisites.Need("nginx");
        using var data = new TempDirectory();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var busy = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);

        await using var host = StartAppHost(
            NoContainerEngine, "--Waiide:Front=true", $"--Waiide:FrontPort={busy}", $"--WAIIDE_DATA_DIR={data.Path}", $"--WAIIDE_WORKSPACE={data.Path}",
            $"--Waiide:HubPort={Ports.Free()}", $"--Waiide:HubApiPort={Ports.Free()}", $"--Waiide:GatewayPort={Ports.Free()}", $"--Waiide:IdePort={Ports.Free()}");

        Assert.Equal(1, await host.WaitForExit());
        var sentence = Assert.Single(host.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.StartsWith($"Port {busy} is in use.", sentence, StringComparison.Ordinal);
        Assert.EndsWith("choose another port for the TLS front: --Waiide:FrontPort=PORT", sentence, StringComparison.Ordinal);
    }

    /// <summary>A resource as the AppHost describes it; nothing is started.</summary>
    private static async Task<IResource> Describe(string resource, params string[] arguments)
    {
        using var data = new TempDirectory();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60)); // Engines that do not answer are given 10 s each.
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Waiide_AppHost>(
            [.. arguments, $"--WAIIDE_DATA_DIR={data.Path}", $"--WAIIDE_WORKSPACE={data.Path}"], limit.Token);
        return builder.Resources.Single(other => other.Name == resource);
    }

    /// <summary>The setting that chooses an engine which answers everything, keeps the questions in the file calls and describes itself so.</summary>
    private static string Engine(TempDirectory folder, string info)
    {
        var engine = Path.Combine(folder.Path, "engine");
        File.WriteAllText(engine, $"#!/bin/sh\necho \"$@\" >> {folder.Path}/calls\n[ \"$1\" = info ] && echo '{info}'\nexit 0\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(engine, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return $"--ASPIRE_CONTAINER_RUNTIME={engine}";
    }

    private static ChildProcess StartAppHost(string[] launcher, params string[] arguments) => ChildProcess.StartDotnet(
        Path.Combine(Repository.Root, "Waiide.AppHost", "bin", Repository.Configuration, "net10.0", "Waiide.AppHost.dll"), new Dictionary<string, string>(), launcher, arguments);
}
