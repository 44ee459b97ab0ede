using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Waiide.Gateway;
using Waiide.Gateway.Edge;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Options;

public class StartTests
{
    [Fact]
    public async Task Mistakes_are_told_all_at_once_and_nothing_is_started()
    {
        using var data = new TempDirectory();
        await using var gateway = Start(data, ("PORT", "abc"), ("LOG_LEVEL", "loud"), ("JUPYTERHUB_API_TOKEN", "x"));
        Assert.Equal(1, await gateway.WaitForExit());
        Assert.Contains("  - PORT is 'abc'. Set it to a number from 1 to 65535", gateway.Output, StringComparison.Ordinal);
        Assert.Contains("  - LOG_LEVEL is 'loud'.", gateway.Output, StringComparison.Ordinal);
        Assert.Contains("  - JUPYTERHUB_API_TOKEN is set, but", gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", gateway.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(data.Path));
    }

    [Fact]
    public async Task A_busy_port_is_named_with_the_setting_to_change()
    {
        using var data = new TempDirectory();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await using var gateway = Start(data, ("PORT", Text(port)));
        Assert.Equal(1, await gateway.WaitForExit());
        Assert.StartsWith($"Port {port} is already in use. Stop what uses it, or set another port, such as PORT=", gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', gateway.Output);
    }

    [Fact]
    public async Task A_second_gateway_with_the_same_data_directory_does_not_start()
    {
        await using var first = await RunningGateway.StandaloneAsync();
        await using var second = ChildProcess.StartDotnet("Waiide.Gateway.dll", new Dictionary<string, string> { ["PORT"] = Text(Ports.Free()), ["WAIIDE_DATA_DIR"] = first.DataDirectory });
        Assert.Equal(1, await second.WaitForExit());
        Assert.Contains("WAIIDE_DATA_DIR", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', second.Output);
    }

    [Fact]
    public async Task A_data_directory_that_cannot_be_written_to_is_not_taken_for_one_in_use()
    {
        using var data = new TempDirectory();
        Directory.CreateDirectory(Path.Combine(data.Path, "gateway.lock")); // As little to be opened for writing as a file on a full disk, and there without root.
        await using var gateway = Start(data, ("PORT", Text(Ports.Free())));
        Assert.Equal(1, await gateway.WaitForExit());
        Assert.StartsWith($"Nothing can be written to the data directory {data.Path}: ", gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Another gateway", gateway.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', gateway.Output);
    }

    [Fact]
    public void A_data_directory_is_made_private_only_where_it_is_ours_or_empty()
    {
        const UnixFileMode everyone = (UnixFileMode)0b111_101_101, owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        using var parent = new TempDirectory();
        var path = Directory.CreateDirectory(Path.Combine(parent.Path, "home"), everyone).FullName;
        var file = Path.Combine(path, "letter.txt");
        File.WriteAllText(file, "not ours");

        Assert.Contains("WAIIDE_DATA_DIR", Assert.Throws<CannotStartException>(() => DataDirectory.Open(path)).Message, StringComparison.Ordinal);
        Assert.Equal(everyone, File.GetUnixFileMode(path));

        File.Delete(file);
        DataDirectory.Open(path).Dispose();
        Assert.Equal(owner, File.GetUnixFileMode(path));

        File.WriteAllText(file, "beside the lock");
        File.SetUnixFileMode(path, everyone);
        DataDirectory.Open(path).Dispose();
        Assert.Equal(owner, File.GetUnixFileMode(path));
    }

    [Fact]
    public async Task A_gateway_that_a_part_of_itself_takes_down_does_not_end_as_one_that_was_told_to()
    {
        await using var gateway = await RunningGateway.WithoutIdeAsync(null);
        gateway.Process.Signal("TERM");
        Assert.Equal(0, await gateway.Process.WaitForExit());

        Directory.CreateDirectory(Path.Combine(gateway.DataDirectory, "run-mark")); // Where the supervisor of the IDE writes a file.
        await gateway.RestartWithoutWaitingAsync();

        Assert.Equal(1, await gateway.Process.WaitForExit());
        Assert.Contains("The gateway has ended because a part of it (IdeProcess) failed: ", gateway.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_versions_and_the_settings_are_printed_without_starting_anything()
    {
        await using var version = ChildProcess.StartDotnet("Waiide.Gateway.dll", new Dictionary<string, string>(), "--version");
        await using var help = ChildProcess.StartDotnet("Waiide.Gateway.dll", new Dictionary<string, string>(), "--help");
        Assert.Equal(0, await version.WaitForExit());
        Assert.Matches(@"^\d+\.\d+\.\d+", version.Output);
        Assert.Equal(0, await help.WaitForExit());
        Assert.Contains("  WAIIDE_WORKSPACE  ", help.Output, StringComparison.Ordinal);
        Assert.Contains("  JUPYTERHUB_SERVICE_PREFIX  ", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_hub_names_another_port_both_are_listened_on()
    {
        var hubSide = Ports.Free();
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("JUPYTERHUB_SERVICE_URL", $"http://127.0.0.1:{hubSide}/user/ada/"));
        await gateway.Process.WaitForOutput($"It listens on port {hubSide} too");
        using var client = new HttpClient();
        foreach (var port in new[] { gateway.Port, hubSide })
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/user/ada/api"));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    /// <summary>R19: the sources' ways to move the ports.</summary>
    [Theory]
    [InlineData("PORT", false)]
    [InlineData("JUPYTERHUB_PORT", false)]
    [InlineData("PORT", true)]
    public async Task The_ports_can_be_moved_and_status_reports_the_real_ones(string variable, bool both)
    {
        var port = Ports.Free();
        await using var gateway = await RunningGateway.StandaloneAsync(
            ("PORT", variable == "PORT" ? Text(port) : ""), ("JUPYTERHUB_PORT", variable == "JUPYTERHUB_PORT" ? Text(port) : "tcp://10.0.0.1:80"), ("VSCODE_PORT", both ? Text(Ports.Free()) : ""));
        Assert.Contains($" listens on localhost:{port};", gateway.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_busy_default_port_is_given_up_where_the_hub_names_another()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var (taken, free) = (((IPEndPoint)other.LocalEndpoint).Port, Ports.Free());
        var options = new GatewayOptions { Port = taken, PortIsDefault = true, HubSidePort = free };

        var settled = Listener.WithFreePorts(options);

        Assert.Equal((free, null), (settled.Port, settled.HubSidePort));
        Assert.Contains(taken.ToString(CultureInfo.InvariantCulture), Assert.Single(settled.Warnings), StringComparison.Ordinal);
        Assert.Throws<CannotStartException>(() => Listener.WithFreePorts(options with { PortIsDefault = false }));
    }

    private static ChildProcess Start(TempDirectory data, params (string Name, string Value)[] environment) =>
        ChildProcess.StartDotnet("Waiide.Gateway.dll", environment.Append(("WAIIDE_DATA_DIR", data.Path)).ToDictionary(variable => variable.Item1, variable => variable.Item2));

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
