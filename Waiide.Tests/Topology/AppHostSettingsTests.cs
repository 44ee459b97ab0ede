using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>What a person hears who starts the AppHost with settings that cannot be.</summary>
public sealed class AppHostSettingsTests
{
    [Fact]
    public async Task Every_mistake_is_said_at_once_with_its_setting()
    {
        await using var host = StartAppHost("--Waiide:Mode=both", "--Waiide:GatewayPort=many", "--WAIIDE_WORKSPACE=./here");

        Assert.Equal(1, await host.WaitForExit());
        Assert.Contains("Waiide:Mode is 'both'", host.Output, StringComparison.Ordinal);
        Assert.Contains("Waiide:GatewayPort is 'many'", host.Output, StringComparison.Ordinal);
        Assert.Contains("WAIIDE_WORKSPACE is './here'", host.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_busy_port_and_a_port_wanted_twice_are_named_with_the_setting_to_change()
    {
        using var data = new TempDirectory();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var busy = ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
        var twice = Ports.Free();

        await using var host = StartAppHost(
            $"--Waiide:GatewayPort={busy}", $"--Waiide:HubPort={twice}", $"--Waiide:IdePort={twice}", $"--Waiide:HubApiPort={Ports.Free()}",
            $"--WAIIDE_DATA_DIR={data.Path}", $"--WAIIDE_WORKSPACE={data.Path}");

        Assert.Equal(1, await host.WaitForExit());
        Assert.Contains($"Port {busy} is in use", host.Output, StringComparison.Ordinal);
        Assert.Contains("--Waiide:GatewayPort=PORT", host.Output, StringComparison.Ordinal);
        Assert.Contains($"Port {twice} is wanted for the hub (Waiide:HubPort) and the IDE (Waiide:IdePort)", host.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_with_the_same_data_directory_is_refused_before_anything_starts()
    {
        using var data = new TempDirectory();
        await using var held = new FileStream(Path.Combine(data.Path, "apphost.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);

        await using var host = StartAppHost([.. FreePorts(), $"--WAIIDE_DATA_DIR={data.Path}", $"--WAIIDE_WORKSPACE={data.Path}"]);

        Assert.Equal(1, await host.WaitForExit());
        Assert.Contains("Another run uses the data directory", host.Output, StringComparison.Ordinal);
        Assert.Contains("WAIIDE_DATA_DIR", host.Output, StringComparison.Ordinal);
    }

    private static IEnumerable<string> FreePorts() =>
        new[] { "HubPort", "HubApiPort", "GatewayPort", "IdePort" }.Select(setting => $"--Waiide:{setting}={Ports.Free()}");

    private static ChildProcess StartAppHost(params string[] arguments) =>
        ChildProcess.StartDotnet(Path.Combine(Repository.Root, "Waiide.AppHost", "bin", Repository.Configuration, "net10.0", "Waiide.AppHost.dll"), new Dictionary<string, string>(), arguments);
}
