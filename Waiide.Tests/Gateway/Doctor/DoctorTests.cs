using System.Globalization;
using System.Text.Json.Nodes;
using Waiide.Gateway.Doctor;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Doctor;

/// <summary>"Waiide.Gateway doctor" under a hub: each failure is provoked for real, and named with the line to change.</summary>
public sealed class DoctorTests : IAsyncLifetime
{
    private StubHub _hub = null!;
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _hub = await StubHub.StartAsync();
        _hub.Users["ada"] = ["access:servers!server=ada/", "users:activity!user=ada"];
        _hub.Tokens[StubHub.ApiToken] = "ada";
        _gateway = await RunningGateway.StartAsync(_hub);
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Where_all_is_well_it_says_so_and_ends_with_0()
    {
        await using var front = await FrontAsync();
        var said = await Doctors.SayAsync(_gateway.Environment, "--front", front.Url.ToString());
        Assert.True(said.ExitCode == 0, said.Output);
        Assert.DoesNotContain(said.Findings, finding => finding.Verdict == "failure");
        foreach (var check in new[] { "settings", "hub-dns", "hub-tcp", "hub-api", "clock", "token", "activity", "oauth-client", "redirect-uri", "access-scopes", "cookie-path", "service-url", "port", "ide", "websocket", "front", "front-host", "front-scheme", "front-login", "front-websocket", "data-directory" })
        {
            Assert.True(said.Of(check).Verdict == "ok", $"{check}: {said.Of(check).Message}");
        }

        Assert.DoesNotContain(StubHub.ApiToken, said.Output, StringComparison.Ordinal);
        Assert.False(_gateway.Process.HasExited);
    }

    [Fact]
    public async Task It_says_the_same_to_people_and_to_machines()
    {
        await using var process = ChildProcess.StartDotnet("Waiide.Gateway.dll", _gateway.Environment.ToDictionary(), "doctor");
        Assert.Equal(0, await process.WaitForExit());
        var said = await Doctors.SayAsync(_gateway.Environment);
        Assert.Equal(
            said.Findings.Select(finding => $"{finding.Verdict} {finding.Check}"),
            process.Output.Split('\n').Where(line => line[0] != ' ' && !line.StartsWith("Waiide ", StringComparison.Ordinal)).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[..2])));
        var json = JsonNode.Parse(said.Output)!;
        Assert.Equal(["version", "mode", "prefix", "ok", "failures", "warnings", "findings"], json.AsObject().Select(field => field.Key));
        Assert.Equal("jupyterhub", (string)json["mode"]!);
        Assert.True((bool)json["ok"]!);
        Assert.All(said.Findings, finding => Assert.Contains(finding.Check, Checks.All));
    }

    [Theory]
    [InlineData("hub-dns", "JUPYTERHUB_API_URL", "http://hub.invalid:8081/hub/api", "c.JupyterHub.hub_connect_ip")]
    [InlineData("hub-tcp", "JUPYTERHUB_API_URL", "http://127.0.0.1:9/hub/api", "c.JupyterHub.hub_ip = '0.0.0.0'")]
    [InlineData("token", "JUPYTERHUB_API_TOKEN", "a-token-of-yesterday", "start it again")]
    [InlineData("token", "JUPYTERHUB_USER", "bob", "c.Spawner.environment")]
    [InlineData("oauth-client", "JUPYTERHUB_CLIENT_ID", "jupyterhub-user-bob", "start it again")]
    [InlineData("redirect-uri", "JUPYTERHUB_OAUTH_CALLBACK_URL", "/user/bob/oauth_callback", "JUPYTERHUB_OAUTH_CALLBACK_URL=/user/ada/oauth_callback")]
    [InlineData("access-scopes", "JUPYTERHUB_OAUTH_ACCESS_SCOPES", "[\"access:servers!server=bob/\"]", "c.Spawner.environment")]
    [InlineData("cookie-path", "JUPYTERHUB_BASE_URL", "/jhub/", "c.JupyterHub.base_url")]
    [InlineData("port", "JUPYTERHUB_SERVICE_PREFIX", "/user/bob/", "PORT=")]
    [InlineData("settings", "PORT", "abc", null)]
    public async Task A_variable_that_is_wrong_is_found(string check, string name, string value, string? fix)
    {
        var said = await Doctors.SayAsync(With((name, value)));
        Assert.Equal(1, said.ExitCode);
        var finding = said.Of(check);
        Assert.True(finding.Verdict == "failure", $"{finding.Verdict}: {finding.Message}");
        Assert.True(fix is null || finding.Fix!.Contains(fix, StringComparison.Ordinal), finding.Fix);
    }

    [Fact]
    public async Task A_host_cookie_without_https_is_found()
    {
        var said = await Doctors.SayAsync(With(("JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED", "1"), ("JUPYTERHUB_PUBLIC_URL", "http://127.0.0.1:9/user/ada/")));
        Assert.Equal("failure", said.Of("cookie-path").Verdict);
        Assert.Equal("warning", said.Of("front").Verdict); // A public address need not be reachable from inside.
    }

    [Fact]
    public async Task A_hub_that_answers_something_else_is_found()
    {
        _hub.Broken = 502;
        var said = await Doctors.SayAsync(_gateway.Environment);
        Assert.Contains("answers 502", said.Of("hub-api").Message, StringComparison.Ordinal);
        Assert.Equal("failure", said.Of("hub-api").Verdict);
        Assert.Equal("failure", said.Of("token").Verdict);
    }

    [Fact]
    public async Task A_token_that_may_not_report_activity_is_found()
    {
        _hub.Users["ada"] = ["access:servers!server=ada/"];
        var finding = (await Doctors.SayAsync(_gateway.Environment)).Of("activity");
        Assert.Equal("failure", finding.Verdict);
        Assert.Contains("c.Spawner.server_token_scopes", finding.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-3, "warning", "s ahead of")]
    [InlineData(3, "warning", "s behind")]
    [InlineData(-62, "failure", "refuses reports from the future")]
    public async Task A_clock_that_is_off_is_found(int minutes, string verdict, string message)
    {
        _hub.ClockAhead = TimeSpan.FromMinutes(minutes);
        var finding = (await Doctors.SayAsync(_gateway.Environment)).Of("clock");
        Assert.Equal(verdict, finding.Verdict);
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_another_program_holds_is_found()
    {
        await using var other = await StubIde.StartAsync();
        var said = await Doctors.SayAsync(With(("PORT", Text(other.Url.Port)), ("JUPYTERHUB_SERVICE_URL", "")));
        Assert.Equal("failure", said.Of("port").Verdict);
        Assert.Contains($"(process {Environment.ProcessId})", said.Of("port").Message, StringComparison.Ordinal);
        Assert.StartsWith("PORT=", said.Of("port").Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_may_run_before_the_gateway_and_leaves_nothing_behind()
    {
        using var parent = new TempDirectory();
        var data = Path.Combine(parent.Path, "data");
        var said = await Doctors.SayAsync(With(("PORT", Text(Ports.Free())), ("JUPYTERHUB_SERVICE_URL", ""), ("WAIIDE_DATA_DIR", data)));
        Assert.True(said.ExitCode == 0, said.Output);
        Assert.Equal("skipped", said.Of("port").Verdict);
        Assert.Equal("skipped", said.Of("ide").Verdict);
        Assert.False(Directory.Exists(data));
    }

    [SkippableFact]
    public async Task It_asks_code_server_for_its_version_without_a_trace_in_the_home_directory()
    {
        Prerequisites.Need("setsid");
        using var home = new TempDirectory();
        using var programs = new TempDirectory();
        var program = Path.Combine(programs.Path, "code-server");

        // As code-server 4.139 does: it always writes logs; without a configuration named it writes one, and says so before the version.
        await File.WriteAllTextAsync(program, """
            #!/bin/sh
            if [ "$1" = --config ]; then shift 2; else mkdir -p "$HOME/.config/code-server" && echo 'password: x' > "$HOME/.config/code-server/config.yaml"; fi
            mkdir -p "${XDG_DATA_HOME:-$HOME/.local/share}/code-server/coder-logs"
            echo 'info  Using the config file'
            echo '4.139.1 0123456 with Code 1.139.1'
            """);
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var said = await Doctors.SayAsync(With(
            ("WAIIDE_IDE_URL", ""), ("WAIIDE_IDE_COMMAND", program), ("HOME", home.Path), ("PORT", Text(Ports.Free())), ("JUPYTERHUB_SERVICE_URL", ""),
            ("WAIIDE_DATA_DIR", Path.Combine(home.Path, "data")), ("WAIIDE_WORKSPACE", home.Path)));
        Assert.Equal($"{program} is 4.139.1 0123456 with Code 1.139.1.", said.Of("ide-program").Message);
        Assert.Empty(Directory.EnumerateFileSystemEntries(home.Path));
    }

    [Fact]
    public async Task An_IDE_that_is_down_is_found()
    {
        _gateway.Ide.Healthy = false;
        await Eventually.Is(async () => (await Doctors.SayAsync(_gateway.Environment)).Of("ide").Verdict == "failure", "the gateway notices");
    }

    [Fact]
    public async Task A_front_that_rewrites_the_host_is_found()
    {
        await using var front = await FrontAsync();
        front.RewritesHost = true;
        var said = await Doctors.SayAsync(_gateway.Environment, "--front", front.Url.ToString());
        Assert.Equal(1, said.ExitCode);
        Assert.Contains(_gateway.Authority, said.Of("front-host").Message, StringComparison.Ordinal);
        Assert.Contains("proxy_set_header Host", said.Of("front-host").Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_front_that_strips_the_prefix_is_found()
    {
        await using var front = await FrontAsync();
        front.StripsPrefix = true;
        var finding = (await Doctors.SayAsync(_gateway.Environment, "--front", front.Url.ToString())).Of("front");
        Assert.Equal("failure", finding.Verdict);
        Assert.Contains("proxy_pass", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_front_that_drops_the_Upgrade_or_the_credentials_is_found()
    {
        await using var front = await FrontAsync();
        front.DropsUpgrade = true;
        var said = await Doctors.SayAsync(_gateway.Environment, "--front", front.Url.ToString());
        Assert.Equal("failure", said.Of("front-websocket").Verdict);
        Assert.Contains("Upgrade $http_upgrade", said.Of("front-websocket").Fix, StringComparison.Ordinal);
        Assert.Equal("ok", said.Of("websocket").Verdict);

        (front.DropsUpgrade, front.DropsAuthorization) = (false, true);
        said = await Doctors.SayAsync(_gateway.Environment, "--front", front.Url.ToString());
        Assert.Equal("warning", said.Of("front").Verdict);
        Assert.Contains("401", said.Of("front-websocket").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_front_that_says_another_scheme_is_found()
    {
        await _gateway.RestartAsync(("WAIIDE_TRUSTED_PROXIES", "127.0.0.1"));
        await using var front = await FrontAsync();
        front.SaysScheme = "https";
        var finding = (await Doctors.SayAsync(_gateway.Environment, "--front", front.Url.ToString())).Of("front-scheme");
        Assert.Equal("failure", finding.Verdict);
        Assert.Contains("X-Forwarded-Proto $scheme", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_front_that_cuts_quiet_WebSockets_is_found()
    {
        await using var front = await FrontAsync();
        front.CutsWebSocketsAfter = TimeSpan.FromSeconds(1);
        var finding = (await Doctors.SayAsync(_gateway.Environment, "--front", front.Url.ToString(), "--quiet", "10s")).Of("front-quiet");
        Assert.Equal("failure", finding.Verdict);
        Assert.Contains("proxy_read_timeout", finding.Fix, StringComparison.Ordinal);

        front.CutsWebSocketsAfter = null;
        Assert.Equal("ok", (await Doctors.SayAsync(_gateway.Environment, "--front", front.Url.ToString(), "--quiet", "1")).Of("front-quiet").Verdict);
    }

    [Fact]
    public async Task A_front_without_a_route_to_the_server_is_found()
    {
        await using var front = await StubFront.StartAsync(_hub.Url, _hub.Url, "/user/ada/");
        var said = await Doctors.SayAsync(_gateway.Environment, "--front", front.Url.ToString());
        Assert.Contains("no route", said.Of("front").Message, StringComparison.Ordinal);
        await using var dead = await StubFront.StartAsync(_hub.Url, new Uri("http://127.0.0.1:9/"), "/user/ada/");
        said = await Doctors.SayAsync(_gateway.Environment, "--front", dead.Url.ToString());
        Assert.Contains("502", said.Of("front").Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_elses_server_does_not_get_the_token()
    {
        await using var stranger = await StubIde.StartAsync();
        var said = await Doctors.SayAsync(_gateway.Environment, "--front", stranger.Url.ToString());
        Assert.Contains("not this server", said.Of("front").Message, StringComparison.Ordinal);
        Assert.NotEmpty(stranger.Requests);
        Assert.DoesNotContain(stranger.Requests, request => request.Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Without_a_hub_the_hub_is_not_asked()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        var said = await Doctors.SayAsync(gateway.Environment, "--front", gateway.Url.ToString());
        Assert.True(said.ExitCode == 0, said.Output);
        Assert.DoesNotContain(said.Findings, finding => finding.Check.StartsWith("hub-", StringComparison.Ordinal));
        Assert.Equal("ok", said.Of("websocket").Verdict);
        Assert.Equal("ok", said.Of("front-websocket").Verdict);
        Assert.DoesNotContain(RunningGateway.Token, said.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_argument_that_it_does_not_know_is_answered_with_those_it_does()
    {
        await using var process = ChildProcess.StartDotnet("Waiide.Gateway.dll", new Dictionary<string, string>(), "doctor", "--front", "hub");
        Assert.Equal(1, await process.WaitForExit());
        Assert.StartsWith("Usage: Waiide.Gateway doctor", process.Output, StringComparison.Ordinal);
    }

    private Task<StubFront> FrontAsync() => StubFront.StartAsync(_hub.Url, _gateway.Url, "/user/ada/");

    private IEnumerable<KeyValuePair<string, string>> With(params (string Name, string Value)[] changes) =>
        _gateway.Environment.Where(variable => changes.All(change => change.Name != variable.Key)).Concat(changes.Select(change => KeyValuePair.Create(change.Name, change.Value)));

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
