namespace Aspire.Dashboard.Telemetry;

/// <summary>Tells those who wait that something is new. Costs a writer nothing but a number while nobody waits.</summary>
internal sealed class Pulse
{
    private long _version;
    private TaskCompletionSource? _waiting;

    public long Version => Volatile.Read(ref _version);

    public void Beat()
    {
        Interlocked.Increment(ref _version);
        Interlocked.Exchange(ref _waiting, null)?.TrySetResult();
    }

    /// <summary>Returns the version once it is another than <paramref name="seen"/>.</summary>
    public async Task<long> NextAsync(long seen, CancellationToken cancellationToken)
    {
        while (Version == seen)
        {
            var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var waiting = Interlocked.CompareExchange(ref _waiting, fresh, null) ?? fresh;
            // A beat before this line completed another source, or none.
            if (Version == seen)
            {
                await waiting.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return Version;
    }
}
