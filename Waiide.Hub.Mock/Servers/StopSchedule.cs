namespace Waiide.Hub.Mock.Servers;

/// <summary>How a server is asked to end: politely, firmly, finally. The signals go to the one process, as JupyterHub sends them.</summary>
internal static class StopSchedule
{
    /// <summary>A signal, and how long the process may take to end by it.</summary>
    internal readonly record struct Step(int Signal, TimeSpan Patience);

    public static IReadOnlyList<Step> Of(SpawnerOptions options) =>
    [
        new(Posix.SigInt, options.InterruptTimeout),
        new(Posix.SigTerm, options.TermTimeout),
        new(Posix.SigKill, options.KillTimeout),
    ];

    /// <summary>Returns when the process has ended; false if it survived all of it.</summary>
    public static async Task<bool> RunAsync(SpawnedProcess process, SpawnerOptions options, TimeProvider clock)
    {
        foreach (var step in Of(options))
        {
            process.Signal(step.Signal);
            if (await HasEndedAsync(process, step.Patience, clock))
            {
                return true;
            }
        }

        return false;
    }

    // A process that the hub did not start tells nobody that it ended: it is looked at, at first often.
    private static async Task<bool> HasEndedAsync(SpawnedProcess process, TimeSpan patience, TimeProvider clock)
    {
        var since = clock.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(10);
        while (process.IsAlive)
        {
            if (clock.GetElapsedTime(since) > patience)
            {
                return false;
            }

            await Task.WhenAny(process.Exited, Task.Delay(pause, clock));
            pause = TimeSpan.FromMilliseconds(Math.Min(200, pause.TotalMilliseconds * 2));
        }

        return true;
    }
}
