namespace Waiide.Gateway;

/// <summary>What can wait until the gateway listens waits for it: at the start the processor is for the first answer.</summary>
internal static class Listening
{
    internal static async Task ListeningAsync(this IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = lifetime.ApplicationStarted.Register(listening.SetResult);
        await listening.Task.WaitAsync(cancellationToken);
    }
}
