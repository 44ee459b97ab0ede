using System.Collections.Immutable;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp.Containers;
using Aspire.Hosting.Dcp.Processes;
using Aspire.Hosting.Tests.Processes;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.Tests.Containers;

public sealed class ContainerLifetimeTests
{
    [SkippableFact]
    public async Task A_persistent_container_stays_is_found_again_and_is_replaced_when_it_is_to_be_another()
    {
        Podman.Need();
        var name = $"aspire-containers-test-{Guid.NewGuid():n}";
        var folder = Directory.CreateTempSubdirectory("aspire-containers-test-");
        string? network = null;
        try
        {
            var first = await RunAsync("one");
            Assert.True(Podman.Exists("container", name));
            network = Podman.NetworkOf(name);
            Assert.Matches("^aspire-persistent-network-[0-9a-f]{8}-Ship$", network);
            Assert.Equal(first, await RunAsync("one"));
            Podman.Ask("stop", "-t", "5", name);
            Assert.Equal(first, await RunAsync("one"));

            Assert.NotEqual(first, await RunAsync("two"));
        }
        finally
        {
            Podman.Remove(name);
            Podman.RemoveNetwork(network ?? "none");
            folder.Delete(recursive: true);
        }

        async Task<string> RunAsync(string value)
        {
            await using var app = new ContainerApp(folder.CreateSubdirectory("AppHost"));
            app.Web("web").WithEnvironment("VALUE", value).WithContainerName(name).WithLifetime(ContainerLifetime.Persistent).WithHttpHealthCheck("/");
            await app.StartAsync();
            await app.Healthy("web");
            return Podman.Ask("inspect", name, "--format", "{{.Id}}");
        }
    }

    [SkippableFact]
    public async Task A_killed_AppHost_takes_its_containers_and_its_network_with_it()
    {
        Podman.Need();
        var name = $"aspire-containers-test-{Guid.NewGuid():n}";
        using var owner = OwnerProcess.Start(ContainerOwner.Argument, name);
        await Eventually.Is(() => owner.Output.Contains("state web Running", StringComparison.Ordinal), $"the container runs; {owner.Output}", seconds: 60);
        var network = Podman.NetworkOf(name);

        owner.Signal(Posix.SigKill);

        await Eventually.Is(() => !Podman.Exists("container", name) && !Podman.Exists("network", network), "the guard removes container and network", seconds: 30);
        Assert.Empty(Shell.WithCommandLine(name));
    }

    [SkippableFact]
    public async Task A_container_waits_for_an_engine_that_does_not_answer_and_starts_when_it_does()
    {
        Podman.Need();
        var name = $"aspire-containers-test-{Guid.NewGuid():n}";

        // An engine that is broken until a file appears, and the real one from then on.
        using var engine = new FakeEngine($"[ -e $here/works ] || {{ echo 'Error: the daemon is asleep' >&2; exit 1; }}\nexec {FakeEngine.Real} \"$@\"");
        using var owner = engine.Own(name);
        await Eventually.Is(() => owner.Output.Contains("state web RuntimeUnhealthy", StringComparison.Ordinal), "the container shows it", seconds: 60);
        await Eventually.Is(() => owner.Output.Contains("started", StringComparison.Ordinal), "the application runs all the same");

        await File.WriteAllTextAsync(engine.FileOf("works"), "");

        await Eventually.Is(() => owner.Output.Contains("state web Running", StringComparison.Ordinal), $"the container comes alive; {owner.Output}", seconds: 60);
        var network = Podman.NetworkOf(name);
        owner.Signal(Posix.SigKill);
        await Eventually.Is(() => !Podman.Exists("container", name) && !Podman.Exists("network", network), "the guard removes container and network", seconds: 30);
    }

    [Fact]
    public async Task A_start_that_gives_engines_a_time_fails_when_none_is_up_by_then()
    {
        // No time at all: none is that quick, on any machine.
        await using var app = new ContainerApp("--DcpPublisher:ContainerRuntimeInitializationTimeout=00:00:00");
        app.Script("late", "true");
        var refusal = await Assert.ThrowsAsync<DistributedApplicationException>(app.StartAsync);
        Assert.StartsWith("No container engine came up within 0 s.", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task However_many_containers_wait_for_an_engine_it_is_asked_by_one_and_less_and_less_often()
    {
        using var engine = new FakeEngine("date +%s.%N >> $here/calls; exit 1");
        using var owner = engine.Own("waiting", "5");
        await Eventually.Is(() => owner.Output.Split('\n').Count(line => line.EndsWith(" RuntimeUnhealthy", StringComparison.Ordinal)) == 6, "all of them wait", seconds: 60);
        var before = Calls().Length;

        await Eventually.Is(() => Calls().Length >= before + 4, "it is asked again", seconds: 60);

        // Any number of loops, each with a pause of its own, would ask in between.
        var calls = Calls()[before..];
        Assert.All(calls.Zip(calls.Skip(1), (one, next) => next - one), pause => Assert.True(pause > 0.9, $"It was asked at {string.Join(", ", calls)}."));
        Assert.True(calls[3] - calls[2] > 1.9, $"It was asked at {string.Join(", ", calls)}.");

        double[] Calls() => [.. File.ReadAllLines(engine.FileOf("calls")).Where(line => line.Length > 0).Select(line => double.Parse(line, CultureInfo.InvariantCulture))];
    }

    [Fact]
    public async Task Only_an_engine_that_says_so_has_no_container_and_a_busy_one_ends_none()
    {
        using var script = new FakeEngine("""
            case "$1 $2" in
                "container inspect") [ "$3" = gone ] && echo 'Error: inspecting object: no such container gone' >&2 || echo 'Error: timed out waiting for the lock' >&2; exit 125;;
                "wait box") mkdir $here/waited 2> /dev/null && exit 125; echo 7;;
            esac
            """);
        await using var run = ProcessRun.Start(NullLogger.Instance);
        var engine = new ContainerEngine("podman", script.Path, run);

        Assert.Null(await ContainerState.FindAsync(engine, "gone", CancellationToken.None));
        var exception = await Assert.ThrowsAsync<ContainerEngineException>(() => ContainerState.FindAsync(engine, "box", CancellationToken.None));
        Assert.Equal("podman does not tell whether there is a container 'box': timed out waiting for the lock", exception.Message);

        var state = new ContainerState("box", "id", IsRunning: true, DateTime.UtcNow, new Dictionary<string, string>(), ImmutableDictionary<int, int>.Empty);
        Assert.Equal(7, await new OwnedContainer(engine, state, isPersistent: false, since: null, (_, _) => { }).Exited.WaitAsync(TimeSpan.FromSeconds(60)));
    }
}
