using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Waiide.Tests.Hosting;

public sealed class WaitingTests
{
    [Fact]
    public async Task A_chain_starts_one_after_the_other_and_the_start_of_the_application_waits_for_it()
    {
        await using var host = StubAppHost.Describe();
        var prepare = host.AddShell("prepare", "sleep 0.3");
        var server = host.AddShell("server", "exec sleep 100").WaitForCompletion(prepare);
        var healthy = false;
        host.Builder.Services.AddHealthChecks().AddCheck("answers", () => healthy ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy());
        server.WithHealthCheck("answers");
        var readyHandlerDone = false;
        host.Builder.Eventing.Subscribe<ResourceReadyEvent>(server.Resource, async (_, cancellationToken) =>
        {
            await Task.Delay(200, cancellationToken);
            readyHandlerDone = true;
        });
        host.AddShell("early", "exec sleep 100").WaitForStart(server);
        var last = host.AddShell("last", "exec sleep 100").WaitFor(server).WithEnvironment(_ => Assert.True(readyHandlerDone));

        var started = host.StartAsync();
        await Support.Eventually.Is(() => host.Logged.Any(line => line.Contains("starting", StringComparison.Ordinal)), "the application starts");
        await host.States.WaitForResourceAsync("early", KnownResourceStates.Running, host.Deadline);
        Assert.Equal(KnownResourceStates.Waiting, host.Now("last").State?.Text);
        Assert.Equal(HealthStatus.Unhealthy, host.Now("server").HealthStatus);
        Assert.Equal(0, host.Now("prepare").ExitCode);
        Assert.False(started.IsCompleted);

        healthy = true;
        await started;
        Assert.Equal(KnownResourceStates.Running, host.Now("last").State?.Text);
        Assert.True(host.Now("server").StartTimeStamp >= host.Now("prepare").StopTimeStamp);
    }

    [Fact]
    public async Task Completion_with_another_exit_code_fails_the_one_that_waits_and_nothing_else()
    {
        await using var host = StubAppHost.Describe();
        var prepare = host.AddShell("prepare", "echo the disk is full >&2; exit 3");
        host.AddShell("expects-zero", "exec sleep 100").WaitForCompletion(prepare);
        host.AddShell("expects-three", "exec sleep 100").WaitForCompletion(prepare, exitCode: 3);
        host.AddShell("expects-health", "exec sleep 100").WaitFor(host.Builder.CreateResourceBuilder<ExecutableResource>("expects-zero"));
        await host.StartAsync();

        Assert.Equal(3, host.Now("prepare").ExitCode);
        Assert.Equal(KnownResourceStates.FailedToStart, host.Now("expects-zero").State?.Text);
        Assert.Equal(KnownResourceStates.FailedToStart, host.Now("expects-health").State?.Text);
        Assert.Equal(KnownResourceStates.Running, host.Now("expects-three").State?.Text);
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(() => host.States.WaitForResourceHealthyAsync("expects-zero", host.Deadline));
        Assert.Equal("Stopped waiting for resource 'expects-zero' to be healthy: it is in state FailedToStart.", refusal.Message);

        // With nobody at a dashboard, the AppHost itself says what went wrong.
        Assert.Contains(host.Logged, line => line.Contains("'prepare' ended with exit code 3", StringComparison.Ordinal) && line.Contains("the disk is full", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_resource_of_ones_own_is_waited_for_by_the_state_that_it_shows()
    {
        await using var host = StubAppHost.Describe();
        host.AddShell("wants-health", "exec sleep 100").WaitFor(AddOwn(host, "loud", "RUNNING"));
        host.AddShell("wants-its-end", "exec sleep 100").WaitForCompletion(AddOwn(host, "ended", "Exited", exitCode: 0));
        host.AddShell("wants-any-end", "exec sleep 100").WaitForCompletion(AddOwn(host, "ended-without-a-code", "finished"));
        await host.StartAsync();

        Assert.Equal("RUNNING", await host.States.WaitForResourceAsync("loud", ["running"], host.Deadline));
        Assert.Equal(HealthStatus.Healthy, host.Now("loud").HealthStatus);
        Assert.All(["wants-health", "wants-its-end", "wants-any-end"], name => Assert.Equal(KnownResourceStates.Running, host.Now(name).State?.Text));
    }

    [Fact]
    public async Task Who_waits_for_something_that_became_unavailable_fails_at_once()
    {
        await using var host = StubAppHost.Describe();
        var never = host.AddShell("never", "true").WithExplicitStart();
        IResourceBuilder<IResource>[] unavailable =
        [
            host.Builder.AddExecutable("missing", "no-such-program", "."),
            .. new[] { "Finished", "Exited", "RuntimeUnhealthy" }.Select(state => AddOwn(host, $"own-{state}", state)),
        ];
        foreach (var dependency in unavailable)
        {
            host.AddShell($"{dependency.Resource.Name}-health", "exec sleep 100").WaitFor(never).WaitFor(dependency);
            host.AddShell($"{dependency.Resource.Name}-start", "exec sleep 100").WaitForStart(dependency);
        }

        host.AddShell("missing-end", "exec sleep 100").WaitForCompletion(unavailable[0]);
        await host.StartAsync();

        Assert.False(host.Deadline.IsCancellationRequested, "Nobody waits for the one that never starts.");
        Assert.All(
            unavailable.SelectMany(dependency => new[] { $"{dependency.Resource.Name}-health", $"{dependency.Resource.Name}-start" }).Append("missing-end"),
            name => Assert.Equal((name, KnownResourceStates.FailedToStart), (name, host.Now(name).State?.Text)));
    }

    [Fact]
    public async Task Who_is_told_to_waits_on_for_something_that_became_unavailable()
    {
        await using var host = StubAppHost.Describe();
        var server = AddOwn(host, "server", "Finished");
        host.AddShell("patient", "exec sleep 100").WaitFor(server, WaitBehavior.WaitOnResourceUnavailable);
        host.AddShell("starter", "exec sleep 100").WaitForStart(server, WaitBehavior.WaitOnResourceUnavailable);
        host.AddShell("strict", "exec sleep 100").WaitFor(server, WaitBehavior.StopOnResourceUnavailable);
        var started = host.StartAsync();
        await Support.Eventually.Is(() => host.Logged.Any(line => line.Contains("starting", StringComparison.Ordinal)), "the application starts");
        await host.States.WaitForResourceAsync("strict", KnownResourceStates.FailedToStart, host.Deadline);
        Assert.Equal(KnownResourceStates.Waiting, host.Now("patient").State?.Text);
        Assert.Equal(KnownResourceStates.Waiting, host.Now("starter").State?.Text);

        await host.States.PublishUpdateAsync(server.Resource, now => now with { State = KnownResourceStates.Running });
        await started;
        Assert.Equal(KnownResourceStates.Running, host.Now("patient").State?.Text);
        Assert.Equal(KnownResourceStates.Running, host.Now("starter").State?.Text);
    }

    [Fact]
    public async Task A_start_of_a_waiting_resource_ends_its_waiting()
    {
        await using var host = StubAppHost.Describe();
        var manual = host.AddShell("manual", "exec sleep 100").WithExplicitStart();
        host.AddShell("child", "exec sleep 100").WaitFor(manual);
        var started = host.StartAsync();
        await Support.Eventually.Is(() => host.Logged.Any(line => line.Contains("starting", StringComparison.Ordinal)), "the application starts");
        await host.States.WaitForResourceAsync("child", KnownResourceStates.Waiting, host.Deadline);
        Assert.Equal(KnownResourceStates.NotStarted, host.Now("manual").State?.Text);

        Assert.True((await host.Execute("child", KnownResourceCommands.StartCommand)).Success);
        await started;
        Assert.Equal(KnownResourceStates.Running, host.Now("child").State?.Text);

        Assert.True((await host.Execute("manual", KnownResourceCommands.StartCommand)).Success);
        Assert.Equal(KnownResourceStates.Running, host.Now("manual").State?.Text);
    }

    [Fact]
    public async Task A_missing_parameter_fails_those_that_need_it_with_a_sentence_that_tells_where_to_put_it()
    {
        await using var host = StubAppHost.Describe();
        var token = host.Builder.AddParameter("hub-token", secret: true);
        var generated = host.Builder.AddParameter("generated", new GenerateParameterDefault { MinLength = 30, MinNumeric = 2, Special = false }, secret: true);
        host.AddShell("needs-it", "exec sleep 100").WithEnvironment("TOKEN", token);
        var free = host.AddEnv("free").WithEnvironment("GENERATED", generated);
        await host.StartAsync();

        Assert.Equal("ValueMissing", host.Now("hub-token").State?.Text);
        Assert.Equal(KnownResourceStates.FailedToStart, host.Now("needs-it").State?.Text);
        Assert.Contains(host.Logged, line => line.Contains("Parameters__hub_token", StringComparison.Ordinal));
        Assert.Equal(KnownResourceStates.Running, host.Now("generated").State?.Text);
        Assert.Matches("^[A-Za-z0-9]{30}$", (await host.Environment(free))["GENERATED"]);
    }

    [Fact]
    public async Task A_parameter_may_come_from_a_variable_without_hyphens()
    {
        await using var host = StubAppHost.Describe("Parameters:hub_token=from elsewhere");
        var child = host.AddEnv("child").WithEnvironment("TOKEN", host.Builder.AddParameter("hub-token", secret: true));
        await host.StartAsync();
        Assert.Equal("from elsewhere", (await host.Environment(child))["TOKEN"]);
    }

    [Fact]
    public async Task Waiting_for_a_resource_that_is_not_there_fails_at_once()
    {
        await using var host = StubAppHost.Describe();
        await host.StartAsync();
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => host.States.WaitForResourceHealthyAsync("nobody", host.Deadline));
    }

    /// <summary>A resource of no known kind, in this state from the beginning.</summary>
    private static IResourceBuilder<IResource> AddOwn(StubAppHost host, string name, string state, int? exitCode = null)
    {
        var own = host.Builder.AddResource(new Own(name));
        host.Builder.Eventing.Subscribe<InitializeResourceEvent>(own.Resource, (initialize, _) =>
            initialize.Notifications.PublishUpdateAsync(own.Resource, now => now with { State = state, ExitCode = exitCode }));
        return own;
    }

    private sealed class Own(string name) : Resource(name);
}
