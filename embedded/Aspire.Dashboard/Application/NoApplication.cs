using System.Runtime.CompilerServices;

namespace Aspire.Dashboard.Application;

/// <summary>Where a dashboard shows telemetry alone.</summary>
internal sealed class NoApplication : IApplication
{
    private static readonly CommandOutcome Nothing = new(IsSuccess: false, IsCanceled: false, "This dashboard shows telemetry only.");

    public static NoApplication Instance { get; } = new();

    public string Name => "Telemetry";

    public IReadOnlyList<ResourceView> Resources => [];

    public async IAsyncEnumerable<ResourceView> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        yield break;
    }

    public IEnumerable<ConsoleLine> ConsoleOf(string resourceId, int after = 0) => [];

    public async IAsyncEnumerable<IReadOnlyList<ConsoleLine>> WatchConsoleAsync(string resourceId, int after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        yield break;
    }

    public Task<CommandOutcome> ExecuteAsync(string resourceId, string command, CancellationToken cancellationToken) => Task.FromResult(Nothing);

    public Task<CommandOutcome> SetParameterAsync(string name, string value, bool keep, CancellationToken cancellationToken) => Task.FromResult(Nothing);
}
