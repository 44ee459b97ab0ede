namespace Waiide.Hub.Mock.Servers;

/// <summary>The process of a server: one that the hub started, or one that it found again after it was restarted itself.</summary>
internal sealed class SpawnedProcess
{
    private SpawnedProcess(int id, long started, Task<int?> exited) => (Id, Started, Exited) = (id, started, exited);

    public int Id { get; }

    /// <summary>When it was started, in clock ticks: with the id, what tells it from all others.</summary>
    public long Started { get; }

    /// <summary>Its end, with its exit code; null where only its parent, which is no longer the hub, could have known it.</summary>
    public Task<int?> Exited { get; }

    public bool IsAlive => !Exited.IsCompleted && ProcessTable.Find(Id)?.Started == Started;

    /// <summary>A process that the hub has just started: its end is noticed at once.</summary>
    public static SpawnedProcess OfChild(int id)
    {
        // Ended already, it is no process any more but cannot be mistaken for one either: its id is not given again before it is waited for.
        var started = ProcessTable.Find(id)?.Started ?? 0;
        var exited = new TaskCompletionSource<int?>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => exited.SetResult(Posix.Wait(id)), maxStackSize: 256 * 1024) { IsBackground = true, Name = $"Waits for {id}" }.Start();
        return new SpawnedProcess(id, started, exited.Task);
    }

    /// <summary>The process that this id and start stood for, if it still runs and is the server of that prefix; its end is noticed within <paramref name="interval"/>.</summary>
    public static SpawnedProcess? FindAgain(int id, long started, string prefix, TimeSpan interval, TimeProvider clock)
    {
        if (ProcessTable.Find(id) is not { } found || found.Started != started || !ProcessTable.Carries(id, $"JUPYTERHUB_SERVICE_PREFIX={prefix}"))
        {
            return null;
        }

        // A hub that began anew within its process has its children still.
        return found.Parent == Environment.ProcessId ? OfChild(id) : new SpawnedProcess(id, started, PollAsync(id, started, interval, clock));
    }

    public void Signal(int signal)
    {
        if (IsAlive)
        {
            Posix.Signal(Id, signal);
        }
    }

    private static async Task<int?> PollAsync(int id, long started, TimeSpan interval, TimeProvider clock)
    {
        while (ProcessTable.Find(id)?.Started == started)
        {
            await Task.Delay(interval, clock);
        }

        return null;
    }
}
