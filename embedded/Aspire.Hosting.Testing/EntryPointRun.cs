using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Testing;

/// <summary>
/// Runs an AppHost's real entry point on a thread of its own, and holds it twice: before it builds its application, while the test changes the description, and
/// before it goes on to Run, until the test starts the application.
/// </summary>
internal sealed class EntryPointRun : BuilderInterception
{
    private readonly Assembly _appHost;
    private readonly string[] _args;
    private readonly Action<DistributedApplicationOptions, HostApplicationBuilderSettings> _configure;
    private readonly TaskCompletionSource<DistributedApplicationBuilder> _described = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // True: go on. False: the test has lost interest.
    private readonly TaskCompletionSource<bool> _mayBuild = new();
    private readonly TaskCompletionSource<bool> _mayRun = new();

    public EntryPointRun(Assembly appHost, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure)
    {
        _appHost = appHost;
        _args = args;
        _configure = configure;
        new Thread(Enter) { IsBackground = true, Name = $"{Name} entry point" }.Start();
    }

    private string Name => _appHost.GetName().Name!;

    /// <summary>How long the entry point may describe its application; the variable is that of everything in .NET that runs an entry point for its host.</summary>
    private static TimeSpan Patience =>
        Debugger.IsAttached ? Timeout.InfiniteTimeSpan
        : uint.TryParse(Environment.GetEnvironmentVariable("DOTNET_HOST_FACTORY_RESOLVER_DEFAULT_TIMEOUT_IN_SECONDS"), out var seconds) ? TimeSpan.FromSeconds(seconds)
        : TimeSpan.FromMinutes(5);

    /// <summary>The description once the entry point is through with it.</summary>
    public async Task<DistributedApplicationBuilder> DescribedAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAny(_described.Task, _ended.Task).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
        return await ResultAsync(_described, "describing").ConfigureAwait(false);
    }

    public async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _mayBuild.TrySetResult(true);
        await Task.WhenAny(_built.Task, _ended.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
        var application = await ResultAsync(_built, "building").ConfigureAwait(false);
        return new EntryPointApplication(application, this);
    }

    /// <summary>Lets the entry point go on to its Run; returns when the application has started.</summary>
    public async Task StartAsync(DistributedApplication application, CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var registration = application.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => started.TrySetResult(true));
        await using (registration.ConfigureAwait(false))
        {
            _mayRun.TrySetResult(true);
            await Task.WhenAny(started.Task, _ended.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
            await ResultAsync(started, "starting").ConfigureAwait(false);
        }
    }

    /// <summary>Ends the application, if it runs, and the entry point; one that does not end is left alone after the time that a host has for its end.</summary>
    public async Task EndAsync()
    {
        _mayBuild.TrySetResult(false);
        _mayRun.TrySetResult(false);
        var application = _built.Task.IsCompletedSuccessfully ? await _built.Task.ConfigureAwait(false) : null;
        using var limit = new CancellationTokenSource(Stop(application));
        await _ended.Task.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (application is not null)
        {
            await WithinAsync(application.StopAsync(CancellationToken.None), limit.Token).ConfigureAwait(false);
            await WithinAsync(application.DisposeAsync().AsTask(), limit.Token).ConfigureAwait(false);
        }
    }

    public Task WaitForEndAsync(CancellationToken cancellationToken) => _ended.Task.WaitAsync(cancellationToken);

    public override void Creating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings) =>
        TestingDefaults.Apply(_appHost, _args, options, settings, _configure);

    public override void Building(DistributedApplicationBuilder builder)
    {
        _described.TrySetResult(builder);
        GoOnIf(_mayBuild);
    }

    public override void Built(DistributedApplication application)
    {
        _built.TrySetResult(application);
        GoOnIf(_mayRun);
    }

    /// <summary>Tells an application to stop, and how long it has for that.</summary>
    private static TimeSpan Stop(DistributedApplication? application)
    {
        var options = new HostOptions();
        try
        {
            options = application?.Services.GetRequiredService<IOptions<HostOptions>>().Value ?? options;
            application?.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        }
        catch (ObjectDisposedException)
        {
            // It has ended by itself.
        }

        return options.ShutdownTimeout;
    }

    private static async Task WithinAsync(Task task, CancellationToken limit)
    {
        try
        {
            await task.WaitAsync(limit).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // The test is not held up by an AppHost that had its time.
        }
    }

    /// <summary>Holds the entry point's thread; if it is not to go on, the exception takes it through its own finally blocks and out.</summary>
    private static void GoOnIf(TaskCompletionSource<bool> gate)
    {
        if (!gate.Task.GetAwaiter().GetResult())
        {
            throw new HostAbortedException("The test has ended.");
        }
    }

    private void Enter()
    {
        Current = this; // Flows with this thread and whatever the entry point starts, and nowhere else.
        var main = _appHost.EntryPoint!;
        try
        {
            _ = main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, main.GetParameters().Length == 0 ? [] : [Array.Empty<string>()], null);
            _ended.TrySetResult();
        }
        catch (HostAbortedException)
        {
            _ended.TrySetResult();
        }
        catch (Exception exception) // It belongs to the test, which waits for the entry point to get somewhere.
        {
            _ended.TrySetException(exception);
            _ = _ended.Task.Exception;
        }
    }

    private async Task<T> ResultAsync<T>(TaskCompletionSource<T> reached, string step)
    {
        if (!reached.Task.IsCompleted)
        {
            await _ended.Task.ConfigureAwait(false);
            throw new InvalidOperationException($"The entry point of {Name} returned without {step} its application.");
        }

        return await reached.Task.ConfigureAwait(false);
    }
}
