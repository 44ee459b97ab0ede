using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
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
        Assert.Contains(container.Name, await Podman.OutputAsync("podman", "stats", "--no-stream", container.Name), StringComparison.Ordinal);

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
        var all = (await container.ShellAsync("env | grep -E '(PORT|VSCODE_PORT|JUPYTERHUB_PORT)'")).Split('\n');

        Assert.Equal((gateway, ide), ((int)services["gateway"]!["port"]!, (int)services["WAIIDE"]!["port"]!));
        Assert.All(variables, variable => Assert.Contains(variable, all));
        using var proxied = await container.AskAsync(HttpMethod.Get, $"proxy/{ide}/?folder=/home/calliope");
        Assert.Equal(HttpStatusCode.OK, proxied.StatusCode);
    }

    [SkippableFact]
    public async Task Every_port_published_is_the_gateways_alone()
    {
        await using var container = await WaiideContainer.CreateAsync("--publish-all");

        var published = (await Podman.OutputAsync("podman", "port", container.Name)).Trim();
        Assert.Matches(@"^8070/tcp -> \S+:\d+$", published);
        container.Port = int.Parse(published.Split(':')[^1], CultureInfo.InvariantCulture);
        await container.IsHealthyAsync();
    }

    [SkippableFact]
    public async Task Ports_of_the_build_hold_where_nobody_says_others()
    {
        var image = await WaiideContainer.BuildAsync("--build-arg", "JUPYTERHUB_PORT=9070", "--build-arg", "VSCODE_PORT=9071");
        try
        {
            await using var container = await WaiideContainer.StartAsync(9070, [], image);

            Assert.Equal("map[9070/tcp:{}]", (await Podman.OutputAsync("podman", "image", "inspect", "--format", "{{.Config.ExposedPorts}}", image)).Trim());
            var services = await container.ServicesAsync();
            Assert.Equal((9070, 9071), ((int)services["gateway"]!["port"]!, (int)services["WAIIDE"]!["port"]!));
        }
        finally
        {
            await Podman.RunAsync("podman", "rmi", image);
        }
    }

    [SkippableFact]
    public async Task Under_a_prefix_status_has_the_keys_of_the_guide_and_a_hub_that_expects_another_port_finds_it_there()
    {
        // The variables of the guide's compose file, and a spawner whose port is not the container's.
        await using var container = await WaiideContainer.StartAsync(
            8888,
            "--env", "JUPYTERHUB_USER=testuser",
            "--env", "JUPYTERHUB_SERVER_NAME=testuser-waiide-abc123",
            "--env", "JUPYTERHUB_SERVICE_PREFIX=/user/testuser/testuser-waiide-abc123/",
            "--env", "JUPYTERHUB_SERVICE_URL=http://0.0.0.0:8888/user/testuser/testuser-waiide-abc123/",
            "--env", "USE_ALL_COMPONENTS=true",
            "--env", "LOG_LEVEL=INFO");
        const string Status = "user/testuser/testuser-waiide-abc123/api/status";

        using var answer = await container.AskAsync(HttpMethod.Get, Status);
        var whole = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("""{"WAIIDE":{"status":"running","port":8071},"jupyter":{"status":"running","port":8070}""", whole["services"]!.ToJsonString()[..^",\"gateway\":{\"status\":\"running\",\"port\":8070}}".Length]);
        Assert.Equal("""{"user":"testuser","server_name":"testuser-waiide-abc123"}""", whole["environment"]!.ToJsonString());
        Assert.Contains("8888", Assert.Single((await container.LogsAsync()).Split('\n'), line => line.Contains("JUPYTERHUB_SERVICE_URL", StringComparison.Ordinal)), StringComparison.Ordinal);

        using var http = new HttpClient();
        Assert.DoesNotContain("testuser", await http.GetStringAsync(new Uri(container.Url, Status)), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Status_tells_an_IDE_that_is_down_from_a_gateway_that_is_not_reached()
    {
        var port = Ports.Free();
        await using var container = await WaiideContainer.CreateAsync("--publish", $"127.0.0.1:{port}:8070", "--env", "WAIIDE_IDE_COMMAND=/nowhere/code-server");
        container.Port = port;

        // The gateway is reached, and it is the IDE that is not there: health says no, and status says why.
        await Eventually.Is(async () => (await container.StatusOrNullAsync("health")) == HttpStatusCode.ServiceUnavailable, "health says no");
        await Eventually.Is(async () => (string?)(await container.ServicesAsync())["WAIIDE"]!["status"] == "failed", "the IDE has failed");
        Assert.Equal("running", (string?)(await container.ServicesAsync())["gateway"]!["status"]);
        using var answer = await container.AskAsync(HttpMethod.Get, "api/status");
        Assert.Contains("WAIIDE_IDE_COMMAND", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["ide"]!["detail"], StringComparison.Ordinal);
        var (code, output, _) = await Podman.RunAsync("podman", "exec", container.Name, "WAIIDE", "doctor");
        Assert.NotEqual(0, code);
        Assert.Contains("WAIIDE_IDE_COMMAND", output, StringComparison.Ordinal);
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

        // The signal of "podman stop", with the time of it: how long podman itself takes before and after is not the image's.
        var (_, begin, _) = await Podman.RunAsync("podman", "exec", container.Name, "sh", "-c", "date +%s%3N; kill -TERM 1");
        await Eventually.Is(async () => await container.InspectAsync("{{.State.Status}}") == "exited", "it has stopped");

        var end = await container.InspectAsync("{{.State.FinishedAt.UnixMilli}} {{.State.ExitCode}}");
        Assert.EndsWith(" 0", end, StringComparison.Ordinal);
        Assert.InRange(long.Parse(end.Split(' ')[0], CultureInfo.InvariantCulture) - long.Parse(begin, CultureInfo.InvariantCulture), 0, 5000);
    }

    [SkippableFact]
    public async Task Whatever_process_is_killed_it_is_there_again()
    {
        await using var container = await WaiideContainer.StartAsync(8070, "--restart", "on-failure");

        // The IDE: the gateway starts another.
        await container.ShellAsync("kill -9 $(ss -tlnp | sed -n 's/.*:8071 .*pid=\\([0-9]*\\).*/\\1/p')");
        await Eventually.Is(async () => (await container.LogsAsync()).Split("The IDE can be used.").Length == 3, "the IDE was started again");
        Assert.Equal("0", await container.InspectAsync("{{.RestartCount}}"));

        // The gateway: the container ends, and is started again. It may end before podman has heard how the shell in it did.
        await Podman.RunAsync("podman", "exec", container.Name, "sh", "-c", "kill -9 $(ps -C WAIIDE -o pid=)");
        await Eventually.Is(async () => await container.InspectAsync("{{.RestartCount}}") == "1", "the container was started again");
        await container.IsHealthyAsync();
    }

    [SkippableFact]
    public async Task A_container_with_no_rights_keeps_files_and_settings_for_the_next_one()
    {
        var volume = $"waiidetest{Guid.NewGuid():N}";
        string[] options =
        [
            "--read-only", "--read-only-tmpfs=false", "--tmpfs", "/tmp:rw,size=256m,mode=1777", "--volume", $"{volume}:/home/calliope", "--memory", "1g", "--pids-limit", "512", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
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
            // Where everybody may write: /opt would refuse also where the root can be written to.
            Assert.Contains("Read-only file system", (await Podman.RunAsync("podman", "exec", second.Name, "touch", "/var/tmp/changed")).Error, StringComparison.Ordinal);
        }
        finally
        {
            await Podman.RunAsync("podman", "volume", "rm", "--force", volume);
        }
    }
}
