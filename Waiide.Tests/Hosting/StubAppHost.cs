using System.Collections.Concurrent;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Waiide.Tests.Hosting;

/// <summary>An application of a few shell commands, described by the test itself and run for real.</summary>
internal sealed class StubAppHost : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private readonly CancellationTokenSource _limit = new(Limit);
    private DistributedApplication? _app;

    private StubAppHost(string[] args, bool wantsDashboard)
    {
        Builder = DistributedApplicationTestingBuilder.Create(args, (options, _) => options.DisableDashboard = !wantsDashboard);
        Builder.Services.AddLogging(logging => logging.ClearProviders().AddProvider(new Recorder(Logged)));
    }

    public IDistributedApplicationTestingBuilder Builder { get; }

    public DistributedApplication App => _app ?? throw new InvalidOperationException("Not started.");

    public ResourceNotificationService States => App.ResourceNotifications;

    /// <summary>Every message that the AppHost logged, after its category.</summary>
    public ConcurrentQueue<string> Logged { get; } = new();

    public CancellationToken Deadline => _limit.Token;

    public static StubAppHost Describe(params string[] args) => new(args, wantsDashboard: false);

    /// <summary>As outside tests, where the AppHost names the addresses that its dashboard is to have.</summary>
    public static StubAppHost DescribeWithDashboard(params string[] args) => new(args, wantsDashboard: true);

    public IResourceBuilder<ExecutableResource> AddShell(string name, string script) => Builder.AddExecutable(name, "sh", ".", "-c", script);

    /// <summary>A resource that prints its environment. No shell: it would drop variables that it could not name itself.</summary>
    public IResourceBuilder<ExecutableResource> AddEnv(string name) => Builder.AddExecutable(name, "env", ".");

    public async Task StartAsync()
    {
        _app = await Builder.BuildAsync(Deadline);
        await _app.StartAsync(Deadline);
    }

    public CustomResourceSnapshot Now(string name) => States.TryGetCurrentState(name, out var now) ? now.Snapshot : throw new InvalidOperationException($"Nothing is known of {name}.");

    /// <summary>Waits until a resource has ended or could not start.</summary>
    public async Task<CustomResourceSnapshot> Ended(string name) =>
        (await States.WaitForResourceAsync(name, now => KnownResourceStates.TerminalStates.Contains(now.Snapshot.State?.Text), Deadline)).Snapshot;

    public Task<ExecuteCommandResult> Execute(string name, string command) => App.ResourceCommands.ExecuteCommandAsync(name, command, Deadline);

    /// <summary>What a resource printed so far, without the times.</summary>
    public async Task<IReadOnlyList<string>> Printed(IResourceBuilder<IResource> resource)
    {
        var printed = new List<string>();
        await foreach (var lines in App.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(resource.Resource))
        {
            printed.AddRange(lines.Select(line => line.Content[(line.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
        }

        return printed;
    }

    /// <summary>The environment that a resource of <see cref="AddEnv"/> got.</summary>
    public async Task<IReadOnlyDictionary<string, string>> Environment(IResourceBuilder<IResource> resource)
    {
        await Ended(resource.Resource.Name);
        return (await Printed(resource)).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        await Builder.DisposeAsync();
        _limit.Dispose();
    }

    private sealed class Recorder(ConcurrentQueue<string> logged) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => new Category(categoryName, logged);

        public void Dispose()
        {
        }

        private sealed class Category(string name, ConcurrentQueue<string> logged) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                logged.Enqueue($"{name} {logLevel}: {formatter(state, exception)}");
        }
    }
}
