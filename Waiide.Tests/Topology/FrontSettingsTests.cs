using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>What a person hears who asks for TLS where it cannot be had.</summary>
public sealed class FrontSettingsTests
{
    private static readonly string[] NoContainerEngine = ["env", "ASPIRE_CONTAINER_RUNTIME=no-such-engine"];

    [SkippableTheory]
    [InlineData("true", "Waiide:Front=true needs nginx on this machine (apt-get install nginx) or a container engine that answers")]
    [InlineData("process", "Waiide:Front=process needs nginx on this machine.")]
    [InlineData("container", "Waiide:Front=container needs a container engine that answers")]
    [InlineData("perhaps", "Waiide:Front is 'perhaps'; it is 'true'")]
    public async Task Where_neither_nginx_nor_an_engine_is_there_one_sentence_says_so(string front, string sentence)
    {
        Prerequisites.Need("unshare");
        string[] withoutNginx = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs none /usr/sbin && exec \"$@\"", "sh"];

        await using var host = StartAppHost([.. withoutNginx, .. NoContainerEngine], $"--Waiide:Front={front}");

        Assert.Equal(1, await host.WaitForExit());
        Assert.StartsWith(sentence, Assert.Single(host.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
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

    private static ChildProcess StartAppHost(string[] launcher, params string[] arguments) => ChildProcess.StartDotnet(
        Path.Combine(Repository.Root, "Waiide.AppHost", "bin", Repository.Configuration, "net10.0", "Waiide.AppHost.dll"), new Dictionary<string, string>(), launcher, arguments);
}
