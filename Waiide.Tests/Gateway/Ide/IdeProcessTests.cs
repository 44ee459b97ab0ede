using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Waiide.Tests.Gateway.Proxy;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Ide;

public sealed class IdeProcessTests : IDisposable
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(5);

    private readonly TempDirectory _home = new();
    private readonly HttpClient _client = new();
    private readonly string _data;
    private readonly StubCodeServer _ide;

    public IdeProcessTests()
    {
        _data = Path.Combine(_home.Path, "data");
        _ide = new StubCodeServer(_home.Path, _data);
    }

    public void Dispose()
    {
        _client.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task It_is_reached_through_a_socket_that_only_its_user_can_open()
    {
        await using var gateway = await (await Start()).WhenUsable();
        Assert.Equal("/user/ada%2Fx?y", await _client.GetStringAsync(new Uri(gateway.Url, "user/ada%2Fx?y")));
        var socket = Path.Combine(_data, "run", "ide.sock");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(socket)!));
        Assert.Contains("stub: <b>hello</b>", gateway.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[31mtrouble", gateway.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_environment_has_nothing_of_the_gateways()
    {
        await using var gateway = await (await Start(("OTEL_SERVICE_NAME", "gateway"), ("services__x__http__0", "http://x"), ("MINE", "1"))).WhenUsable();
        var environment = (await _ide.Run()).Env;
        Assert.Equal("1", environment["MINE"]);
        Assert.Equal(["WAIIDE_RUN"], environment.Keys.Where(name => name.StartsWith("WAIIDE_", StringComparison.Ordinal)));
        Assert.DoesNotContain(environment.Keys, name => name is "PORT" or "OTEL_SERVICE_NAME" or "services__x__http__0");
        Assert.True(Directory.Exists(Path.Combine(_home.Path, "new", "work")));
    }

    [Fact]
    public async Task Killed_it_is_back_within_seconds_and_nothing_of_its_group_is_left()
    {
        await using var gateway = await (await Start()).WhenUsable();
        var first = await _ide.Run();
        StubCodeServer.Kill(first.Pid);
        var clock = Stopwatch.StartNew();
        var second = await _ide.Run(first);
        await gateway.WhenUsable();
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, RecoveryLimit);
        Assert.False(StubCodeServer.Lives(first.InGroup));
        Assert.True(StubCodeServer.Lives(second.InGroup));
        Assert.Equal(1, await Restarts(gateway));

        // A job that somebody left running in a terminal is not the IDE: it survives the crash, and ends with the gateway.
        Assert.True(StubCodeServer.Lives(first.Outside));
        await gateway.Stop();
        Assert.False(StubCodeServer.Lives(first.Outside));
    }

    [Fact]
    public async Task An_exit_that_nobody_asked_for_is_a_failure_and_the_pauses_grow()
    {
        await using var gateway = await Start(("STUB_MODE", "exits"));
        await Eventually.Is(() => _ide.Starts.Length >= 4, "three more attempts");
        var starts = _ide.Starts;
        Assert.InRange(starts[1] - starts[0], 450, 2000);
        Assert.InRange(starts[2] - starts[1], 950, 3000);
        Assert.InRange(starts[3] - starts[2], 1950, 5000);
        Assert.Contains("ended with exit code 0", gateway.Process.Output, StringComparison.Ordinal);

        // The fourth attempt may not have come to that yet.
        await Eventually.Is(
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, gateway.Url);
                request.Headers.Accept.ParseAdd("text/html");
                using var page = await _client.SendAsync(request);
                return (await page.Content.ReadAsStringAsync()).Contains("stub: &lt;b&gt;hello&lt;/b&gt;", StringComparison.Ordinal);
            },
            "the page shows what was printed");
    }

    [Theory]
    [InlineData("TERM", "")]
    [InlineData("INT", "")]
    [InlineData("TERM", "stubborn")]
    public async Task When_the_gateway_stops_nothing_is_left_in_time(string signal, string mode)
    {
        await using var gateway = await (await Start(("STUB_MODE", mode))).WhenUsable();
        var run = await _ide.Run();
        var clock = Stopwatch.StartNew();
        gateway.Process.Signal(signal);
        Assert.Equal(0, await gateway.Process.WaitForExit());
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.DoesNotContain(run.Processes, StubCodeServer.Lives);
        Assert.False(File.Exists(Path.Combine(_data, "run", "ide.sock")));
    }

    [Fact]
    public async Task What_a_killed_gateway_left_behind_is_ended_by_the_next()
    {
        var first = await (await Start()).WhenUsable();
        var orphan = await _ide.Run();
        first.Process.Signal("KILL");
        await first.Process.WaitForExit();
        Assert.Contains(orphan.Processes, StubCodeServer.Lives);

        await using var second = await (await Start()).WhenUsable();
        Assert.DoesNotContain(orphan.Processes, StubCodeServer.Lives);
        Assert.NotEqual(orphan.Pid, (await _ide.Run(orphan)).Pid);
        await first.DisposeAsync();
    }

    [Fact]
    public async Task A_gateway_started_from_a_terminal_that_survived_does_not_end_itself()
    {
        var first = await (await Start()).WhenUsable();
        var orphan = await _ide.Run();
        first.Process.Signal("KILL");
        await first.Process.WaitForExit();
        var mark = orphan.Env["WAIIDE_RUN"];
        await using var alike = Sleep(("NOT_WAIIDE_RUN", mark), ("WAIIDE_RUN", mark + "0"));
        await using var marked = Sleep(("WAIIDE_RUN", mark));

        await using var second = await (await Start(("WAIIDE_RUN", mark))).WhenUsable();
        Assert.DoesNotContain(orphan.Processes, StubCodeServer.Lives);
        Assert.False(StubCodeServer.Lives(marked.Id));
        Assert.True(StubCodeServer.Lives(alike.Id));
        Assert.NotEqual(mark, (await _ide.Run(orphan)).Env["WAIIDE_RUN"]);
        await first.DisposeAsync();
    }

    [Fact]
    public async Task The_terminal_that_a_gateway_is_started_from_survives_it()
    {
        var first = await (await Start()).WhenUsable();
        var orphan = await _ide.Run();
        first.Process.Signal("KILL");
        await first.Process.WaitForExit();
        var mark = orphan.Env["WAIIDE_RUN"];
        var start = new ProcessStartInfo("sh", ["-c", "sh -c '\"$@\" & wait' sh \"$@\" & wait", "sh", .. ChildProcess.Program("Waiide.Gateway.dll")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in new[] { ("WAIIDE_RUN", mark), ("PORT", Ports.Free().ToString(CultureInfo.InvariantCulture)), ("WAIIDE_DATA_DIR", _data), ("WAIIDE_IDE_COMMAND", _ide.Program), ("WAIIDE_WORKSPACE", _home.Path) })
        {
            start.Environment[name] = value;
        }

        await using var terminal = ChildProcess.Start(start);
        await terminal.WaitForOutput("The IDE can be used.");

        Assert.DoesNotContain(orphan.Processes, StubCodeServer.Lives);
        Assert.False(terminal.HasExited);
        Assert.Equal(3, Processes.With("WAIIDE_RUN=" + mark).Count); // Both shells, and the gateway itself.
        await first.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_somebody_keeps_beside_the_socket_stays(bool onAPort)
    {
        var mine = Path.Combine(_data, "run", "mine", "notes");
        Directory.CreateDirectory(Path.GetDirectoryName(mine)!);
        await File.WriteAllTextAsync(mine, "mine");
        File.SetUnixFileMode(_data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var gateway = await (await Start(onAPort ? [("VSCODE_PORT", Ports.Free().ToString(CultureInfo.InvariantCulture))] : [])).WhenUsable();
        await gateway.Stop();
        Assert.Equal("mine", await File.ReadAllTextAsync(mine));
        Assert.False(File.Exists(Path.Combine(_data, "run", "ide.sock")));
    }

    [Fact]
    public async Task A_line_that_never_ends_is_not_kept()
    {
        await using var gateway = await (await Start(("STUB_MODE", "babbles"))).WhenUsable();
        await gateway.Process.WaitForOutput("stub: all said");
        Assert.InRange(Processes.PeakMemory(gateway.Process.Id), 0, 350L << 20);
    }

    [Fact]
    public async Task A_command_that_is_missing_is_named_with_its_setting()
    {
        await using var gateway = await Start(("WAIIDE_IDE_COMMAND", "/nowhere/code-server"));
        await Eventually.Is(async () => (await Message(gateway)).Contains("There is no program /nowhere/code-server: set WAIIDE_IDE_COMMAND", StringComparison.Ordinal), "the page names it");

        // It is tried again: whoever installs it needs no restart.
        await gateway.Stop();
        await using var other = await Start(("WAIIDE_IDE_COMMAND", "not-there-yet"), ("PATH", $"{_home.Path}:{Environment.GetEnvironmentVariable("PATH")}"));
        await Eventually.Is(async () => (await Message(other)).Contains("not-there-yet is not on the PATH", StringComparison.Ordinal), "the page names it");
        File.Copy(_ide.Program, Path.Combine(_home.Path, "not-there-yet"));
        await other.WhenUsable();
    }

    [Fact]
    public async Task A_port_is_used_where_it_is_asked_for_and_named_where_it_is_busy()
    {
        var port = Ports.Free();
        using (var other = new TcpListener(System.Net.IPAddress.Loopback, port))
        {
            other.Start();
            await using var blocked = await Start(("VSCODE_PORT", port.ToString(CultureInfo.InvariantCulture)));
            await Eventually.Is(async () => (await Message(blocked)).Contains($"Port {port} cannot be used", StringComparison.Ordinal), "the page names the port");
            Assert.Empty(_ide.Starts);
        }

        await using var gateway = await (await Start(("VSCODE_PORT", port.ToString(CultureInfo.InvariantCulture)))).WhenUsable();
        Assert.Equal("/x", await _client.GetStringAsync(new Uri($"http://127.0.0.1:{port}/x")));
        Assert.Equal("/x", await _client.GetStringAsync(new Uri(gateway.Url, $"proxy/{port}/x")));
    }

    [Fact]
    public async Task A_deep_data_directory_does_not_stop_it()
    {
        var deep = Path.Combine(_home.Path, new string('d', 90));
        var ide = new StubCodeServer(_home.Path, deep);
        string socket;
        await using (var gateway = await (await Start(("WAIIDE_DATA_DIR", deep))).WhenUsable())
        {
            var arguments = (await ide.Run()).Args;
            socket = arguments[Array.IndexOf(arguments, "--socket") + 1];
            Assert.StartsWith("/tmp/waiide-", socket, StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(Path.GetDirectoryName(socket)));
    }

    private Task<BareGateway> Start(params (string Name, string Value)[] settings) => BareGateway.StartAsync(
        "/", [("WAIIDE_IDE_COMMAND", _ide.Program), ("WAIIDE_DATA_DIR", _data), ("WAIIDE_WORKSPACE", Path.Combine(_home.Path, "new", "work")), .. settings]);

    private static ChildProcess Sleep(params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("sleep", "1000") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return ChildProcess.Start(start);
    }

    private async Task<string> Message(BareGateway gateway)
    {
        using var answer = await _client.GetAsync(gateway.Url, headers => headers.Accept.ParseAdd("application/json"));
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<int> Restarts(BareGateway gateway) =>
        JsonDocument.Parse(await _client.GetStringAsync(new Uri(gateway.Url, "api/status"))).RootElement.GetProperty("ide").GetProperty("restarts").GetInt32();
}
