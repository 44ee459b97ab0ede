namespace Aspire.Hosting.Testing;

/// <summary>An application that its AppHost's own entry point runs: it starts by letting the entry point go on, and ends with it.</summary>
internal sealed class EntryPointApplication(DistributedApplication application, EntryPointRun run) : DistributedApplication(application.Host)
{
    public override async Task RunAsync(CancellationToken cancellationToken = default)
    {
        await StartAsync(cancellationToken).ConfigureAwait(false);
        await run.WaitForEndAsync(cancellationToken).ConfigureAwait(false);
    }

    public override Task StartAsync(CancellationToken cancellationToken = default) => run.StartAsync(application, cancellationToken);

    public override Task StopAsync(CancellationToken cancellationToken = default) => run.EndAsync().WaitAsync(cancellationToken);
}
