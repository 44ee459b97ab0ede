using System.Diagnostics;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp.Processes;
using Aspire.Hosting.Tests.Processes;

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
        await Eventually.Is(() => owner.Output.Contains("state Running", StringComparison.Ordinal), $"the container runs; {owner.Output}", seconds: 60);
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
        var folder = Directory.CreateTempSubdirectory("aspire-containers-engine-");
        try
        {
            // An engine that is broken until a file appears, and the real one from then on.
            var works = Path.Combine(folder.FullName, "works");
            var fake = Path.Combine(folder.FullName, "podman");
            await File.WriteAllTextAsync(fake, $"#!/bin/sh\n[ -e {works} ] || {{ echo 'Error: the daemon is asleep' >&2; exit 1; }}\nexec /usr/bin/podman \"$@\"\n");
            await Process.Start("chmod", ["+x", fake])!.WaitForExitAsync();
            using var owner = OwnerProcess.Start([ContainerOwner.Argument, name], new() { ["PATH"] = $"{folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}" });
            await Eventually.Is(() => owner.Output.Contains("state RuntimeUnhealthy", StringComparison.Ordinal), "the container shows it", seconds: 60);
            await Eventually.Is(() => owner.Output.Contains("started", StringComparison.Ordinal), "the application runs all the same");

            await File.WriteAllTextAsync(works, "");

            await Eventually.Is(() => owner.Output.Contains("state Running", StringComparison.Ordinal), "the container comes alive", seconds: 60);
            var network = Podman.NetworkOf(name);
            owner.Signal(Posix.SigKill);
            await Eventually.Is(() => !Podman.Exists("container", name) && !Podman.Exists("network", network), "the guard removes container and network", seconds: 30);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
