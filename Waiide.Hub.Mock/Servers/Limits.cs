using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>
/// Hub:Spawner:MemLimit and CpuLimit. Servers are always told; they are held to it where the hub has a cgroup (version 2) that it may divide, such as the one of a
/// systemd service with Delegate=yes or of a container.
/// </summary>
internal sealed partial class Limits(HubOptions options, ILogger<Limits> logger)
{
    private readonly Lazy<ControlGroup?> _group = new(() => Divide(options.Spawner, logger));

    private bool HasAny => options.Spawner.MemLimit is not null || options.Spawner.CpuLimit is not null;

    /// <summary>Holds a server's process, and all that it will start, to the limits.</summary>
    public void Apply(Server server, int id)
    {
        if (!HasAny || _group.Value is not { } group)
        {
            return;
        }

        try
        {
            group.Add(id, options.Spawner.MemLimit, options.Spawner.CpuLimit);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.NotHeld(logger, new LogText(server.LogName), failure.Message);
        }
    }

    /// <summary>Removes the group of a server that has ended, of one that an earlier run of the hub started too; the kernel refuses while something of it runs.</summary>
    public void Forget(int id)
    {
        if (!HasAny || _group.Value is not { } group)
        {
            return;
        }

        try
        {
            group.Remove(id);
        }
        catch (IOException failure)
        {
            Log.GroupStays(logger, id, failure.Message);
        }
    }

    private static ControlGroup? Divide(SpawnerOptions spawner, ILogger logger)
    {
        try
        {
            // 0::/system.slice/waiide-hub.service
            var own = File.ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))?[4..];
            var wanted = new[] { spawner.MemLimit is null ? null : "memory", spawner.CpuLimit is null ? null : "cpu" }.OfType<string>().ToArray();
            if (own is not null && ControlGroup.Divide(Path.Combine(ControlGroup.Mount, own), Environment.ProcessId, wanted) is { } group)
            {
                return group;
            }

            Log.OnlyTold(logger, "this machine offers the hub no cgroup (version 2) for it");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.OnlyTold(logger, failure.Message.TrimEnd('.'));
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Servers are told of Hub:Spawner:MemLimit and CpuLimit (MEM_LIMIT, CPU_LIMIT), but not held to them: {Reason}.")]
        public static partial void OnlyTold(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Server} is not held to its limits: {Reason}")]
        public static partial void NotHeld(ILogger logger, LogText server, string reason);

        [LoggerMessage(Level = LogLevel.Debug, Message = "The control group of process {Id} stays: {Reason}")]
        public static partial void GroupStays(ILogger logger, int id, string reason);
    }
}
