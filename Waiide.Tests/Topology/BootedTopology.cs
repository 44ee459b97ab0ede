using Aspire.Hosting;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>The real AppHost, booted once for all tests of a collection, on ports that the engine chose. Each test begins with <see cref="BootAsync"/>.</summary>
public abstract class BootedTopology(params string[] arguments) : IAsyncLifetime
{
    private readonly TempDirectory _workspace = new();
    private readonly TempDirectory _data = new();
    private Task? _boot;

    public DistributedApplication App { get; private set; } = null!;

    /// <summary>The folder that the IDE opens.</summary>
    public string Workspace => _workspace.Path;

    /// <summary>Where the IDE's settings and the gateway's keys are kept.</summary>
    public string DataDirectory => _data.Path;

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Boots it for the first test, and waits until the gateway is healthy, which is after everything else. Skips the test where Node.js is missing.</summary>
    internal Task BootAsync()
    {
        Prerequisites.Need("node", "npm", "setsid");
        return _boot ??= BootOnceAsync();
    }

    private async Task BootOnceAsync()
    {
        // Provisioning the IDE on a machine that never ran it downloads about 180 MB.
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Waiide_AppHost>(
            [.. arguments, $"--WAIIDE_WORKSPACE={_workspace.Path}", $"--WAIIDE_DATA_DIR={_data.Path}"], limit.Token);
        builder.Services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        App = await builder.BuildAsync(limit.Token);
        await App.StartAsync(limit.Token);
        await App.ResourceNotifications.WaitForResourceHealthyAsync("gateway", limit.Token);
    }

    public async Task DisposeAsync()
    {
        if (_boot is not null)
        {
            await App.DisposeAsync();
        }

        _workspace.Dispose();
        _data.Dispose();
    }

    /// <summary>The full path of a file of the workspace.</summary>
    internal string FileOf(string name) => Path.Combine(Workspace, name);

    /// <summary>The gateway itself, whatever may stand between it and the AppHost.</summary>
    internal int GatewayProcess() => Assert.Single(
        Processes.With($"WAIIDE_DATA_DIR={DataDirectory}"),
        process => process.CommandLine.Contains("net10.0/Waiide.Gateway", StringComparison.Ordinal)).Id;

    /// <summary>The process id of a resource, as the dashboard would show it.</summary>
    internal int ProcessIdOf(string resource)
    {
        Assert.True(App.ResourceNotifications.TryGetCurrentState(resource, out var state), $"{resource} has a state");
        return Assert.IsType<int>(state.Snapshot.Properties.Single(property => property.Name == "executable.pid").Value);
    }
}

/// <summary>Hub, IDE and gateway; two users, of whom demo owns the server.</summary>
public sealed class HubTopology() : BootedTopology("--Parameters:demo-password=correct horse")
{
    public const string Password = "correct horse";
}

/// <summary>IDE and gateway; whoever has the token may come in.</summary>
public sealed class StandaloneTopology() : BootedTopology("--Waiide:Mode=standalone", "--Parameters:gateway-token=token-of-the-standalone-test")
{
    public const string Token = "token-of-the-standalone-test";
}

[CollectionDefinition("hub topology")]
public sealed class HubCollection : ICollectionFixture<HubTopology>;

[CollectionDefinition("standalone topology")]
public sealed class StandaloneCollection : ICollectionFixture<StandaloneTopology>;
