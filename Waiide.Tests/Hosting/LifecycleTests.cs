using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hosting;

public sealed class LifecycleTests
{
    [Fact]
    public async Task Stop_start_and_restart_go_through_the_same_states_as_in_Aspire()
    {
        await using var host = StubAppHost.Describe();
        var checks = 0;
        host.Builder.Services.AddHealthChecks().AddCheck("every-second", () => Interlocked.Increment(ref checks) % 2 == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
        var seed = host.AddShell("seed", "true");
        var gateway = host.AddShell("gateway", "trap 'exit 137' TERM; sleep 100 & wait").WaitForCompletion(seed).WithHealthCheck("every-second");
        var timeline = new List<string>();
        host.Builder.Eventing.Subscribe<BeforeStartEvent>((starting, cancellationToken) =>
        {
            _ = Record(starting.Services.GetRequiredService<ResourceNotificationService>(), gateway.Resource, timeline, host.Deadline);
            return Task.CompletedTask;
        });
        await host.StartAsync();

        await host.States.WaitForResourceHealthyAsync("gateway", host.Deadline);
        var stopped = await host.Execute("gateway", "stop");
        Assert.Equal("Successfully stopped 'gateway'.", stopped.Message);
        var started = await host.Execute("gateway", "start");
        Assert.Equal("Successfully started 'gateway'.", started.Message);
        await host.States.WaitForResourceHealthyAsync("gateway", host.Deadline);
        var restarted = await host.Execute("gateway", "restart");
        Assert.Equal("Successfully restarted 'gateway'.", restarted.Message);
        await host.States.WaitForResourceHealthyAsync("gateway", host.Deadline);
        Assert.True(stopped.Success && started.Success && restarted.Success);

        // The timeline that the real orchestrator produced for a stop, a start and a restart.
        const string Idle = "start:Disabled stop:Hidden restart:Disabled";
        const string Waiting = "start:Enabled stop:Hidden restart:Disabled";
        const string Running = "start:Hidden stop:Enabled restart:Enabled";
        const string Ended = "start:Enabled stop:Hidden restart:Disabled";
        string[] run = [$"/ exit= {Idle}", $"Running/Unhealthy exit= {Running}", $"Running/Healthy exit= {Running}", $"Finished/ exit=137 {Ended}"];
        string[] again = [$"Starting/ exit=137 {Idle}", $"Waiting/ exit=137 {Waiting}"];
        string[] expected = [$"/ exit= {Idle}", $"Starting/ exit= {Idle}", $"Waiting/ exit= {Waiting}", .. run, .. again, .. run, .. again, .. run[..3]];
        await Eventually.Is(
            () => { lock (timeline) { return timeline.Count >= expected.Length; } },
            "the last state arrives");
        lock (timeline)
        {
            Assert.Equal(expected, timeline);
        }
    }

    [Fact]
    public async Task Commands_of_ones_own_are_offered_by_state_and_answer()
    {
        await using var host = StubAppHost.Describe();
        host.AddShell("server", "exec sleep 100")
            .WithCommand("greet", "Greet", context => Task.FromResult(CommandResults.Success($"Hello {context.ResourceName}")))
            .WithCommand("fail", "Fail", _ => throw new InvalidOperationException("No such luck."), new CommandOptions { IsHighlighted = true, IconName = "Dismiss", ConfirmationMessage = "Sure?" })
            .WithCommand("endless", "Endless", async context =>
            {
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
                return CommandResults.Success();
            })
            .WithCommand("healthy-only", "Healthy only", _ => Task.FromResult(CommandResults.Success()), new CommandOptions
            {
                UpdateState = context => context.ResourceSnapshot.HealthStatus is HealthStatus.Healthy ? ResourceCommandState.Enabled : ResourceCommandState.Disabled,
            })
            .WithExplicitStart();
        await host.StartAsync();

        Assert.Equal(ResourceCommandState.Disabled, State("healthy-only"));
        Assert.StartsWith("Hello server-", (await host.Execute("server", "greet")).Message, StringComparison.Ordinal);
        Assert.Equal("No such luck.", (await host.Execute("server", "fail")).Message);
        Assert.Contains("'greet'", (await host.Execute("server", "missing")).Message, StringComparison.Ordinal);
        Assert.False((await host.Execute("nobody", "greet")).Success);
        var givenUp = await host.App.ResourceCommands.ExecuteCommandAsync("server", "endless", new CancellationToken(canceled: true));
        Assert.True(givenUp is { Canceled: true, Success: false });

        await host.Execute("server", "start");
        await host.States.WaitForResourceHealthyAsync("server", host.Deadline);
        Assert.Equal(ResourceCommandState.Enabled, State("healthy-only"));

        ResourceCommandState State(string command) => host.Now("server").Commands.Single(known => known.Name == command).State;
    }

    [Fact]
    public async Task What_can_be_done_depends_on_the_state()
    {
        await using var host = StubAppHost.Describe();
        var server = host.AddShell("server", "true").WithExplicitStart();
        await host.StartAsync();

        Assert.Equal("start:Disabled stop:Hidden restart:Disabled", await CommandsIn("Building"));
        Assert.Equal("start:Enabled stop:Hidden restart:Disabled", await CommandsIn("Exited"));
        Assert.Equal("start:Enabled stop:Hidden restart:Disabled", await CommandsIn("Unknown"));
        Assert.Equal("start:Hidden stop:Hidden restart:Disabled", await CommandsIn("Stopping"));

        async Task<string> CommandsIn(string state)
        {
            await host.States.PublishUpdateAsync(server.Resource, now => now with { State = state });
            return string.Join(' ', host.Now("server").Commands.Select(command => $"{command.Name}:{command.State}"));
        }
    }

    [Fact]
    public async Task The_first_check_of_health_comes_with_the_start()
    {
        await using var host = StubAppHost.Describe();
        host.Builder.Services.AddHealthChecks().AddCheck("always", () => HealthCheckResult.Healthy());
        host.AddShell("server", "exec sleep 100").WithHealthCheck("always");
        await host.StartAsync();

        var healthy = (await host.States.WaitForResourceHealthyAsync("server", host.Deadline)).Snapshot;
        var delay = Assert.Single(healthy.HealthReports).LastRunAt - healthy.StartTimeStamp;
        // Far from the next check, which is 30 s after a good one, and wide for a machine that is busy.
        Assert.InRange(delay!.Value.TotalSeconds, 0, 10);
    }

    [Fact]
    public async Task A_program_that_is_not_there_fails_its_resource_with_a_sentence()
    {
        await using var host = StubAppHost.Describe();
        host.Builder.AddExecutable("missing", "no-such-program", ".");
        host.Builder.AddExecutable("nowhere", "sh", "/no/such/folder", "-c", "true");
        await host.StartAsync();

        Assert.Equal(KnownResourceStates.FailedToStart, host.Now("missing").State?.Text);
        Assert.Equal(KnownResourceStates.FailedToStart, host.Now("nowhere").State?.Text);
        Assert.Contains(host.Logged, line => line.Contains("no-such-program", StringComparison.Ordinal));
        Assert.Contains(host.Logged, line => line.Contains("/no/such/folder", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Lines_are_kept_watched_and_forwarded_with_their_stream()
    {
        await using var host = StubAppHost.Describe();
        var child = host.AddShell("child", "echo one; sleep 0.2; echo two >&2; sleep 0.2; echo three; exec sleep 100");
        await host.StartAsync();

        var watched = new List<LogLine>();
        await foreach (var lines in host.App.Services.GetRequiredService<ResourceLoggerService>().WatchAsync(child.Resource).WithCancellation(host.Deadline))
        {
            watched.AddRange(lines);
            if (watched.Count == 3)
            {
                break;
            }
        }

        Assert.Equal([(1, false), (2, true), (3, false)], watched.Select(line => (line.LineNumber, line.IsErrorMessage)));
        Assert.All(watched, line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z (one|two|three)$", line.Content));
        await Eventually.Is(() => host.Logged.Any(line => line.EndsWith("three", StringComparison.Ordinal)), "the last line is forwarded");
        Assert.Contains(host.Logged, line => line.StartsWith("Waiide.Tests.Resources.child Error: 2: ", StringComparison.Ordinal) && line.EndsWith("two", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_left_after_the_application()
    {
        int parent, child;
        var clock = new Stopwatch();
        await using (var host = StubAppHost.Describe())
        {
            var server = host.AddShell("server", "sleep 1000 & echo $!; wait");
            host.AddShell("waiting", "exec sleep 1000").WaitForCompletion(server);
            _ = host.StartAsync();
            await Eventually.Is(() => host.Logged.Any(line => line.Contains("starting", StringComparison.Ordinal)), "the application starts");
            await host.States.WaitForResourceAsync("server", KnownResourceStates.Running, host.Deadline);
            IReadOnlyList<string> printed = [];
            await Eventually.Is(async () => (printed = await host.Printed(server)).Count > 0, "the child's id is printed");
            child = int.Parse(printed[0], CultureInfo.InvariantCulture);
            parent = Assert.IsType<int>(host.Now("server").Properties.Single(property => property.Name == "executable.pid").Value);
            Assert.True(Lives(parent) && Lives(child));
            clock.Start();
        }

        Assert.False(Lives(parent) || Lives(child));
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 6);
    }

    /// <summary>A process that has ended may still have an entry until its new parent looks.</summary>
    private static bool Lives(int process) =>
        File.Exists($"/proc/{process}/stat") && File.ReadAllText($"/proc/{process}/stat").Split(')')[^1].Split(' ')[1] != "Z";

    private static async Task Record(ResourceNotificationService states, IResource resource, List<string> timeline, CancellationToken deadline)
    {
        await foreach (var now in states.WatchAsync(deadline))
        {
            if (now.Resource != resource)
            {
                continue;
            }

            var commands = string.Join(' ', now.Snapshot.Commands.Select(command => $"{command.Name}:{command.State}"));
            var line = $"{now.Snapshot.State?.Text}/{now.Snapshot.HealthStatus} exit={now.Snapshot.ExitCode} {commands}";
            lock (timeline)
            {
                if (timeline.LastOrDefault() != line)
                {
                    timeline.Add(line);
                }
            }
        }
    }
}
