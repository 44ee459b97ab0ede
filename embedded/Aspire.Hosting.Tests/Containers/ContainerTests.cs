using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Tests.Containers;

public sealed class ContainerTests
{
    [SkippableFact]
    public async Task A_container_gets_its_variables_arguments_and_files_and_its_output_is_split()
    {
        Podman.Need();
        await using var app = new ContainerApp();
        Directory.CreateDirectory(Path.Combine(app.Folder.FullName, "templates/deep"));
        await File.WriteAllTextAsync(Path.Combine(app.Folder.FullName, "templates/deep/file"), "from a folder");
        app.Script("box", "echo $1; echo $PLAIN; echo \"$LINES\"; cat /etc/made/deep/file /etc/inline/d/own; stat -c '%a %u %g %n' /etc/inline/d/own /etc/made/deep/file; echo problem >&2")
            .WithArgs("sh", "argument")
            .WithEnvironment("PLAIN", "with = and # and 'quotes'")
            .WithEnvironment("LINES", "first\nsecond")
            .WithContainerFiles("/etc/made", "templates")
            .WithContainerFiles(
                "/etc/inline",
                [new ContainerDirectory { Name = "d", Entries = [new ContainerFile { Name = "own", Contents = "inline\n", Mode = UnixFileMode.UserRead, Group = 7 }] }],
                defaultOwner: 1000);

        await app.StartAsync();

        await app.In("box", "Exited");
        Assert.Equal(0, app.Now("box").ExitCode);
        var lines = app.Log("box").Select(line => (line.Content[(line.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..], line.IsErrorMessage)).ToArray();
        Assert.Equal(
            ["argument", "with = and # and 'quotes'", "first", "second", "from a folderinline", "400 1000 7 /etc/inline/d/own", "644 0 0 /etc/made/deep/file"],
            lines.Where(line => !line.IsErrorMessage).Select(line => line.Item1));
        Assert.Equal("problem", Assert.Single(lines, line => line.IsErrorMessage).Item1);
    }

    [SkippableFact]
    public async Task States_are_those_of_the_real_orchestrator_and_commands_start_and_stop()
    {
        Podman.Need();
        await using var app = new ContainerApp();
        var first = app.Builder.AddExecutable("first", "true", "/");
        app.Web("web").WithHttpHealthCheck("/").WaitForCompletion(first);
        await app.StartAsync();
        await app.Healthy("web");
        await Eventually.Is(() => app.StatesOf("web").LastOrDefault() == "Running", "the watcher has seen it");
        Assert.Equal(["", "Starting", "Waiting", "", "Starting", "Running"], app.StatesOf("web"));
        Assert.StartsWith("Container", app.Now("web").ResourceType, StringComparison.Ordinal);

        var stopped = await app.App.ResourceCommands.ExecuteCommandAsync("web", "stop");
        Assert.True(stopped.Success, stopped.Message);
        await app.In("web", "Exited");
        Assert.All(app.Now("web").Urls, url => Assert.True(url.IsInactive));

        var started = await app.App.ResourceCommands.ExecuteCommandAsync("web", "start");
        Assert.True(started.Success, started.Message);
        Assert.Equal("Successfully started 'web'.", started.Message);
        await app.Healthy("web");
        using var client = new HttpClient();
        Assert.Equal("hello", await client.GetStringAsync(new Uri(app.Now("web").Urls[0].Url)));
    }

    [SkippableFact]
    public async Task Nobody_is_led_to_the_port_that_a_stopped_container_had()
    {
        Podman.Need();
        await using var app = new ContainerApp();
        app.Web("web").WithHttpHealthCheck("/");
        await app.StartAsync();
        await app.Healthy("web");
        var port = int.Parse(Podman.Ask("port", app.ContainerOf("web")).Split(':')[^1], CultureInfo.InvariantCulture);
        await app.App.ResourceCommands.ExecuteCommandAsync("web", "stop");
        using var another = new TcpListener(IPAddress.Loopback, port);
        another.Start();

        using var client = new HttpClient();
        var answer = client.GetStringAsync(new Uri(app.Now("web").Urls[0].Url));
        await app.App.ResourceCommands.ExecuteCommandAsync("web", "start");

        Assert.Equal("hello", await answer.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.False(another.Pending());
    }

    [SkippableFact]
    public async Task What_the_engine_says_about_a_failure_is_the_resources_failure()
    {
        Podman.Need();
        await using var app = new ContainerApp();
        app.Builder.AddContainer("nowhere", "localhost:1/none", "7");
        app.Builder.AddContainer("broken", Podman.Image).WithEntrypoint("/no/such/program");
        app.Script("failing", "echo last words >&2; exit 3");

        await app.StartAsync();

        await app.In("nowhere", "FailedToStart");
        await app.In("broken", "FailedToStart");
        await app.In("failing", "Exited");
        Assert.Equal(3, app.Now("failing").ExitCode);
        await app.Line("nowhere", "Pulling localhost:1/none:7 with podman.");
        await app.Line("nowhere", "could not be pulled: ");
        await app.Line("broken", "/no/such/program");
        await app.Line("failing", "last words");
    }

    [SkippableFact]
    public async Task A_run_leaves_no_container_and_no_network_and_a_stop_lets_the_container_end_by_itself()
    {
        Podman.Need();
        await using var app = new ContainerApp();
        app.Script("slow", "trap 'echo asked; sleep 1; echo done; exit 0' TERM; echo up; sleep 1000 & wait");
        await app.StartAsync();
        await app.Line("slow", "up");
        var container = app.ContainerOf("slow");
        var network = Podman.NetworkOf(container);
        Assert.Matches("^aspire-session-network-[0-9a-z]{8}-Ship$", network);
        Assert.Matches("^slow-[a-z]{8}$", container);

        await app.App.StopAsync();

        Assert.Equal(0, app.Now("slow").ExitCode);
        await app.Line("slow", "done");
        Assert.False(Podman.Exists("container", container));
        Assert.False(Podman.Exists("network", network));
    }

    [SkippableFact]
    public async Task A_container_that_somebody_else_removes_has_exited()
    {
        Podman.Need();
        await using var app = new ContainerApp();
        app.Script("web", "echo up; sleep 1000 & wait");
        await app.StartAsync();
        await app.Line("web", "up");

        Podman.Remove(app.ContainerOf("web"));

        await app.In("web", "Exited");
    }

    [SkippableFact]
    public async Task Endpoints_are_open_on_this_machine_only_and_a_port_is_given_as_the_container_sees_it()
    {
        Podman.Need();
        await using var app = new ContainerApp();
        app.Script("web", "echo port $PORT; httpd -f -p 8443 -h /tmp & wait").WithHttpEndpoint(port: 8443, targetPort: 8443, env: "PORT");
        await app.StartAsync();
        await app.Line("web", "port 8443");

        var published = Podman.Ask("port", app.ContainerOf("web"));
        Assert.Matches(@"^8443/tcp -> 127\.0\.0\.1:\d+$", published);
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(app.Now("web").Urls[0].Url));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
