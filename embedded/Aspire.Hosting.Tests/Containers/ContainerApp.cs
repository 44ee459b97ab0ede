using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Tests.Containers;

/// <summary>An application with any ports and no dashboard; the states that its resources go through and what they print are kept.</summary>
internal sealed class ContainerApp : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Resource, string State)> _states = new();
    private readonly CancellationTokenSource _ended = new();
    private DistributedApplication? _app;

    public ContainerApp(params string[] args)
        : this(Directory.CreateTempSubdirectory("aspire-containers-test-"), args)
    {
    }

    /// <summary>The AppHost of this folder, once more.</summary>
    public ContainerApp(DirectoryInfo folder, params string[] args)
    {
        Folder = folder;
        Builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions
        {
            Args = ["--DcpPublisher:RandomizePorts=true", "--applicationName=Ship.AppHost", .. args],
            DisableDashboard = true,
            ProjectDirectory = Folder.FullName,
        });
        Builder.Services.AddLogging(logging => logging.ClearProviders());
    }

    /// <summary>The AppHost's folder.</summary>
    public DirectoryInfo Folder { get; }

    public IDistributedApplicationBuilder Builder { get; }

    public bool IsBuilt => _app is not null;

    public DistributedApplication App => _app!;

    public IEnumerable<string> StatesOf(string resource) => _states.Where(change => change.Resource == resource).Select(change => change.State);

    /// <summary>A container that runs a script.</summary>
    public IResourceBuilder<ContainerResource> Script(string name, string script) =>
        Builder.AddContainer(name, Podman.Image).WithEntrypoint("sh").WithArgs("-c", "trap 'exit 0' TERM; " + script);

    /// <summary>A container that answers http requests for the files of /www at port 8080.</summary>
    public IResourceBuilder<ContainerResource> Web(string name, string text = "hello") =>
        Script(name, "httpd -f -p 8080 -h /www & wait")
            .WithContainerFiles("/www", [new ContainerFile { Name = "index.html", Contents = text }])
            .WithHttpEndpoint(targetPort: 8080);

    public async Task StartAsync()
    {
        _app = Builder.Build();
        _ = WatchAsync();
        await _app.StartAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    public Task<ResourceEvent> Healthy(string resource) => App.ResourceNotifications.WaitForResourceHealthyAsync(resource).WaitAsync(TimeSpan.FromSeconds(60));

    public Task<string> In(string resource, string state) => In(resource, [state]);

    public Task<string> In(string resource, params string[] states) => App.ResourceNotifications.WaitForResourceAsync(resource, states).WaitAsync(TimeSpan.FromSeconds(60));

    public CustomResourceSnapshot Now(string resource) => App.ResourceNotifications.TryGetCurrentState(resource, out var now) ? now.Snapshot : throw new InvalidOperationException(resource);

    public IReadOnlyList<LogLine> Log(string resource)
    {
        Assert.True(App.ResourceNotifications.TryGetCurrentState(resource, out var now));
        return App.Services.GetRequiredService<ResourceLoggerService>().LinesOf(now.ResourceId, 0);
    }

    /// <summary>Waits for a line of a resource's console and returns it, without its time.</summary>
    public async Task<string> Line(string resource, string part)
    {
        LogLine? found = null;
        await Eventually.Is(
            () => (found = Log(resource).Cast<LogLine?>().FirstOrDefault(line => line!.Value.Content.Contains(part, StringComparison.Ordinal))) is not null,
            $"a line of {resource} with '{part}'; there was {string.Join(" | ", Log(resource).Select(line => line.Content))}",
            seconds: 60);
        return found!.Value.Content[(found.Value.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>The container's name in podman.</summary>
    public string ContainerOf(string resource)
    {
        Assert.True(App.ResourceNotifications.TryGetCurrentState(resource, out var now));
        return now.ResourceId;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        await _ended.CancelAsync();
        _ended.Dispose();
        if (Folder.Exists)
        {
            Folder.Delete(recursive: true);
        }
    }

    private async Task WatchAsync()
    {
        var last = new Dictionary<string, string>();
        try
        {
            await foreach (var now in App.ResourceNotifications.WatchAsync(_ended.Token))
            {
                var state = now.Snapshot.State?.Text ?? "";
                if (last.GetValueOrDefault(now.Resource.Name) != state)
                {
                    last[now.Resource.Name] = state;
                    _states.Enqueue((now.Resource.Name, state));
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The application ended.
        }
    }
}
