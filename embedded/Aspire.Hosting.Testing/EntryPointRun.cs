using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>
/// Runs an AppHost's real entry point on a thread of its own, and holds it twice: before it builds its application, while the test changes the description, and
/// before it goes on to Run, until the test starts the application.
/// </summary>
internal sealed class EntryPointRun : BuilderInterception
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

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

    /// <summary>Ends the application, if it runs, and the entry point.</summary>
    public async Task EndAsync()
    {
        _mayBuild.TrySetResult(false);
        if (!_mayRun.TrySetResult(false) && _built.Task.IsCompletedSuccessfully)
        {
            try
            {
                (await _built.Task.ConfigureAwait(false)).Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            }
            catch (ObjectDisposedException)
            {
                // It has ended by itself.
            }
        }

        await _ended.Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public Task WaitForEndAsync(CancellationToken cancellationToken) => _ended.Task.WaitAsync(cancellationToken);

    public override void Creating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        TestingDefaults.Apply(_appHost, _args, options, settings);
        _configure(options, settings);
    }

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
