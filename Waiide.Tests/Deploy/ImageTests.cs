using System.Diagnostics;
using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>The waiide image, by the commands that its users type.</summary>
public sealed class ImageTests
{
    [SkippableFact]
    public async Task What_the_guide_tells_to_look_at_is_there()
    {
        await using var container = await WaiideContainer.StartAsync();

        // From outside.
        Assert.Equal($"8070/tcp -> 127.0.0.1:{container.Port}", (await Podman.OutputAsync("podman", "port", container.Name)).Trim());
        using (var health = await container.AskAsync(HttpMethod.Head, "health"))
        using (var ide = await container.AskAsync(HttpMethod.Head, "proxy/8071/"))
        {
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
            Assert.Equal((HttpStatusCode.Redirect, "./?folder=/home/calliope"), (ide.StatusCode, ide.Headers.Location?.OriginalString)); // VS Code's own: it opens the folder.
        }

        Assert.Equal("""{"status":"running","port":8071}""", (await container.ServicesAsync())["WAIIDE"]!.ToJsonString());

        // From inside.
        foreach (var sockets in new[] { "netstat -tlnp", "ss -tlnp" })
        {
            Assert.Equal(2, (await container.ShellAsync($"{sockets} | grep -E ':(8070|8071) '")).TrimEnd().Split('\n').Length);
        }

        Assert.Equal(["JUPYTERHUB_PORT=8070", "VSCODE_PORT=8071"], (await container.ShellAsync("env | grep -E '^(PORT|VSCODE_PORT|JUPYTERHUB_PORT)=' | sort")).TrimEnd().Split('\n'));
        Assert.Contains("WAIIDE", await container.ShellAsync("ps aux | grep -E '(jupyter|WAIIDE|python)' | grep -v grep"), StringComparison.Ordinal);
        await container.ShellAsync("curl --silent --show-error --fail --output /dev/null localhost:8071");
        Assert.Equal("calliope:/home/calliope", (await container.ShellAsync("echo \"$(id -un):$HOME\"")).Trim());
        await Podman.OutputAsync("podman", "healthcheck", "run", container.Name);

        // In the log.
        Assert.Contains((await container.LogsAsync()).Split('\n'), line => line.Contains("proxy", StringComparison.OrdinalIgnoreCase) && line.Contains("127.0.0.1:8071", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData(8080, 8071, "PORT=8080")]
    [InlineData(9000, 8071, "PORT=9000")]
    [InlineData(8070, 8072, "VSCODE_PORT=8072")]
    [InlineData(8070, 8888, "VSCODE_PORT=8888")]
    [InlineData(9000, 9001, "PORT=9000", "VSCODE_PORT=9001")]
    public async Task Ports_are_overridden_by_variables(int gateway, int ide, params string[] variables)
    {
        await using var container = await WaiideContainer.StartAsync(gateway, [.. variables.SelectMany(variable => new[] { "--env", variable })]);

        var services = await container.ServicesAsync();

        Assert.Equal((gateway, ide), ((int)services["gateway"]!["port"]!, (int)services["WAIIDE"]!["port"]!));
        using var proxied = await container.AskAsync(HttpMethod.Get, $"proxy/{ide}/?folder=/home/calliope");
        Assert.Equal(HttpStatusCode.OK, proxied.StatusCode);
    }

    [SkippableFact]
    public async Task Every_port_published_is_the_gateways_alone()
    {
        await using var container = await WaiideContainer.CreateAsync("--publish-all");

        Assert.Matches(@"^8070/tcp -> \S+:\d+$", (await Podman.OutputAsync("podman", "port", container.Name)).Trim());
    }

    [SkippableFact]
    public async Task A_published_port_of_the_IDE_leads_nowhere_and_the_log_says_why()
    {
        var direct = Ports.Free();
        await using var container = await WaiideContainer.StartAsync(8070, "--publish", $"127.0.0.1:{direct}:8071");

        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri($"http://127.0.0.1:{direct}/")));
        Assert.Contains("its own port 8071 leads nowhere", await container.LogsAsync(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_port_that_is_taken_is_named_with_what_to_do()
    {
        await using var first = await WaiideContainer.StartAsync();

        var (code, output, error) = await Podman.RunAsync("podman", "run", "--rm", "--network", $"container:{first.Name}", await WaiideContainer.ImageAsync());

        Assert.Equal(1, code);
        Assert.Contains("8070", output + error, StringComparison.Ordinal);
        Assert.Contains("PORT=", output + error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task It_stops_within_five_seconds_with_code_0()
    {
        await using var container = await WaiideContainer.StartAsync();
        var clock = Stopwatch.StartNew();

        await Podman.OutputAsync("podman", "stop", "--time", "30", container.Name);

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal("0", await container.InspectAsync("{{.State.ExitCode}}"));
    }

    [SkippableFact]
    public async Task Whatever_process_is_killed_it_is_there_again()
    {
        await using var container = await WaiideContainer.StartAsync(8070, "--restart", "on-failure");

        // The IDE: the gateway starts another.
        await container.ShellAsync("kill -9 $(ss -tlnp | sed -n 's/.*:8071 .*pid=\\([0-9]*\\).*/\\1/p')");
        await Eventually.Is(async () => (await container.LogsAsync()).Split("The IDE can be used.").Length == 3, "the IDE was started again");
        Assert.Equal("0", await container.InspectAsync("{{.RestartCount}}"));

        // The gateway: the container ends, and is started again.
        await container.ShellAsync("kill -9 $(ps -C WAIIDE -o pid=)");
        await Eventually.Is(async () => await container.InspectAsync("{{.RestartCount}}") == "1", "the container was started again");
        await container.IsHealthyAsync();
    }

    [SkippableFact]
    public async Task A_container_with_no_rights_keeps_files_and_settings_for_the_next_one()
    {
        var volume = $"waiidetest{Guid.NewGuid():N}";
        string[] options =
        [
            "--read-only", "--tmpfs", "/tmp:rw,size=256m,mode=1777", "--volume", $"{volume}:/home/calliope", "--memory", "1g", "--pids-limit", "512", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
        ];
        const string Settings = ".local/share/waiide/standalone/user-data/User/settings.json";
        try
        {
            await using (var first = await WaiideContainer.StartAsync(8070, options))
            {
                await first.ShellAsync($"echo 'Dear reader' > letter.txt && echo '{{}}' > {Settings}");
                await Podman.OutputAsync("podman", "stop", "--time", "30", first.Name);
            }

            await using var second = await WaiideContainer.StartAsync(8070, options);
            Assert.Equal("Dear reader\n{}\n", await second.ShellAsync($"cat letter.txt {Settings}"));
            Assert.NotEqual(0, (await Podman.RunAsync("podman", "exec", second.Name, "touch", "/opt/waiide/changed")).Code);
        }
        finally
        {
            await Podman.RunAsync("podman", "volume", "rm", "--force", volume);
        }
    }
}
