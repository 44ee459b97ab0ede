using System.Globalization;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>
/// Hub:Spawner:MemLimit and CpuLimit. Servers are always told; they are held to it where the hub has a cgroup (version 2) that it may divide, such as the one of a
/// systemd service with Delegate=yes or of a container.
/// </summary>
internal sealed partial class Limits(HubOptions options, ILogger<Limits> logger)
{
    private const string Mount = "/sys/fs/cgroup";
    private const int Period = 100_000; // microseconds, the kernel's own

    private readonly Lazy<string?> _parent = new(() => Prepare(options.Spawner, logger));

    /// <summary>Holds a server's process, and all that it will start, to the limits.</summary>
    public void Apply(Server server, int id)
    {
        var spawner = options.Spawner;
        if ((spawner.MemLimit is null && spawner.CpuLimit is null) || _parent.Value is not { } parent)
        {
            return;
        }

        try
        {
            var group = Path.Combine(parent, $"server-{id}");
            Directory.CreateDirectory(group);
            if (spawner.MemLimit is { } memory)
            {
                File.WriteAllText(Path.Combine(group, "memory.max"), memory.ToString(CultureInfo.InvariantCulture));
            }

            if (spawner.CpuLimit is { } processors)
            {
                File.WriteAllText(Path.Combine(group, "cpu.max"), string.Create(CultureInfo.InvariantCulture, $"{(long)(processors * Period)} {Period}"));
            }

            File.WriteAllText(Path.Combine(group, "cgroup.procs"), id.ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.NotHeld(logger, new LogText(server.LogName), failure.Message);
        }
    }

    /// <summary>Removes the group of a server that has ended; the kernel refuses while something of it runs.</summary>
    public void Forget(int id)
    {
        if (_parent is { IsValueCreated: true, Value: { } parent } && Path.Combine(parent, $"server-{id}") is var group && Directory.Exists(group))
        {
            try
            {
                Directory.Delete(group);
            }
            catch (IOException failure)
            {
                Log.GroupStays(logger, group, failure.Message);
            }
        }
    }

    // A group that is divided may hold no process itself: the hub moves into one below it.
    private static string? Prepare(SpawnerOptions spawner, ILogger logger)
    {
        try
        {
            // 0::/system.slice/waiide-hub.service
            var own = File.ReadLines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith("0::/", StringComparison.Ordinal))?[4..];
            var parent = Path.Combine(Mount, own ?? "");
            var offered = own is not null && File.Exists(Path.Combine(parent, "cgroup.controllers")) ? File.ReadAllText(Path.Combine(parent, "cgroup.controllers")).Split() : [];
            var wanted = new[] { spawner.MemLimit is null ? null : "memory", spawner.CpuLimit is null ? null : "cpu" }.OfType<string>().ToArray();
            if (wanted.Except(offered).Any())
            {
                Log.OnlyTold(logger, "this machine offers the hub no cgroup (version 2) for it");
                return null;
            }

            var hub = Path.Combine(parent, "hub");
            Directory.CreateDirectory(hub);
            File.WriteAllText(Path.Combine(hub, "cgroup.procs"), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            File.WriteAllText(Path.Combine(parent, "cgroup.subtree_control"), string.Join(' ', wanted.Select(controller => "+" + controller)));
            return parent;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.OnlyTold(logger, failure.Message.TrimEnd('.'));
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Servers are told of Hub:Spawner:MemLimit and CpuLimit (MEM_LIMIT, CPU_LIMIT), but not held to them: {Reason}.")]
        public static partial void OnlyTold(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Server} is not held to its limits: {Reason}")]
        public static partial void NotHeld(ILogger logger, LogText server, string reason);

        [LoggerMessage(Level = LogLevel.Debug, Message = "The control group {Group} stays: {Reason}")]
        public static partial void GroupStays(ILogger logger, string group, string reason);
    }
}
