using System.Runtime.InteropServices;
using Aspire.Hosting.Dcp.Processes;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Dcp;

/// <summary>Ends the application in good order when what started it is gone: the terminal (SIGHUP) or the outer `dotnet run` (killed).</summary>
internal sealed class LauncherWatch(IHostApplicationLifetime lifetime) : IHostedService
{
    private PosixSignalRegistration? _hangUp;
    private ParentWatch? _parent;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            // Without this .NET would end the process at once, and the guard would have to end the resources.
            signal.Cancel = true;
            lifetime.StopApplication();
        });
        _parent = ParentWatch.Start(lifetime.StopApplication);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _parent?.Dispose();
        _hangUp?.Dispose();
        return Task.CompletedTask;
    }
}
