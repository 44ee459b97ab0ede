using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp.Processes;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>An application that was described and can run.</summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private bool _started;

    /// <summary>Creates the application on its host.</summary>
    public DistributedApplication(IHost host) => _host = host;

    /// <summary>The application's services.</summary>
    public IServiceProvider Services => _host.Services;

    /// <summary>What is shown about each resource.</summary>
    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    /// <summary>The commands of the resources.</summary>
    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    /// <summary>The host, for whoever wraps the application.</summary>
    internal IHost Host => _host;

    /// <summary>Begins an application with command line arguments.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new DistributedApplicationBuilder(args);

    /// <summary>Begins an application.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    /// <summary>Starts the application and returns when it has ended.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>Starts the application and waits until it has ended.</summary>
    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await using (this.ConfigureAwait(false))
        {
            try
            {
                await StartAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception refusal) when (refusal is DistributedApplicationException or ProcessStartException && BuilderInterception.Current is null)
            {
                // A sentence that tells what to do; a stack trace would only hide it.
                await Console.Error.WriteLineAsync(refusal.Message).ConfigureAwait(false);
                Environment.ExitCode = 1;
                return;
            }

            await _host.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
            _started = false;
        }
    }

    /// <summary>Starts the application; returns when every resource that starts by itself was started, after everything that it waits for.</summary>
    public virtual async Task StartAsync(CancellationToken cancellationToken = default)
    {
        Services.GetRequiredService<PipelineOptions>().ThrowIfMistaken();
        UnsupportedRunException.ThrowIf(Services.GetRequiredService<DistributedApplicationExecutionContext>());
        var starting = new BeforeStartEvent(Services, Services.GetRequiredService<DistributedApplicationModel>());
        await Services.GetRequiredService<IDistributedApplicationEventing>().PublishAsync(starting, cancellationToken).ConfigureAwait(false);
        _started = true;
        await _host.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops every resource.</summary>
    public virtual async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _started, false))
        {
            await _host.StopAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Stops what still runs and lets everything go.</summary>
    public virtual void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    /// <summary>Stops what still runs and lets everything go.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            _host.Dispose();
        }
    }
}

/// <summary>The embedded engine cannot do this; the message is one sentence for the person at the console.</summary>
internal sealed class UnsupportedRunException(string message) : DistributedApplicationException(message)
{
    public static void ThrowIf(DistributedApplicationExecutionContext context)
    {
        if (context.IsRunMode && !OperatingSystem.IsLinux())
        {
            throw new UnsupportedRunException("The embedded Aspire engine runs on Linux only; elsewhere, build with the real packages (-p:AspireFrom=packages).");
        }
    }
}
