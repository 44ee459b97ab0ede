using System.Globalization;

namespace Waiide.Gateway.Ide;

/// <summary>The memory limit that the kernel itself holds this process and its neighbours to (cgroups, version 1 or 2), and how much of it is gone.</summary>
internal sealed class ContainerMemory
{
    // Version 1 says "no limit" with the largest number of pages that it can count.
    private const long Unlimited = 1L << 60;

    private readonly string _directory;
    private readonly bool _isVersion2;

    private ContainerMemory(string directory, bool isVersion2, long limit) => (_directory, _isVersion2, Limit) = (directory, isVersion2, limit);

    public long Limit { get; }

    /// <summary>
    /// What the kernel cannot take back before it has to kill: everything but the cache of files. With the cache, as other tools count it, a server that has just unpacked
    /// a large archive looks as full as one that is.
    /// </summary>
    public long Used()
    {
        var (total, prefix) = _isVersion2 ? ("memory.current", "") : ("memory.usage_in_bytes", "total_");
        var used = Number(Path.Combine(_directory, total)) ?? 0;
        string[] reclaimable = [prefix + "inactive_file", prefix + "active_file", .. _isVersion2 ? ["slab_reclaimable"] : Array.Empty<string>()];
        foreach (var line in File.ReadLines(Path.Combine(_directory, "memory.stat")))
        {
            // "inactive_file 96129024"
            if (line.Split(' ') is [var name, var value] && reclaimable.Contains(name))
            {
                used -= long.Parse(value, CultureInfo.InvariantCulture);
            }
        }

        return Math.Max(used, 0);
    }

    /// <summary>The tightest limit above this process; null where there is none.</summary>
    internal static ContainerMemory? Find() => File.Exists("/proc/self/cgroup") ? Find(File.ReadAllLines("/proc/self/cgroup"), "/sys/fs/cgroup") : null;

    // "0::/kubepods/pod1/c" (version 2) or "4:memory:/docker/c" (version 1). Inside a container the path may be the host's, of which nothing is mounted here:
    // then the mount itself is the container's own group.
    internal static ContainerMemory? Find(IEnumerable<string> groups, string mount)
    {
        ContainerMemory? tightest = null;
        foreach (var group in groups.Select(line => line.Split(':', 3)).Where(fields => fields.Length == 3))
        {
            var isVersion2 = group is ["0", "", _];
            if (!isVersion2 && !group[1].Split(',').Contains("memory"))
            {
                continue;
            }

            var root = isVersion2 ? mount : Path.Combine(mount, "memory");
            for (var directory = Path.Join(root, group[2]).TrimEnd('/'); directory.Length >= root.Length; directory = Path.GetDirectoryName(directory)!)
            {
                if (Number(Path.Combine(directory, isVersion2 ? "memory.max" : "memory.limit_in_bytes")) is { } limit && limit < Unlimited && !(tightest?.Limit <= limit))
                {
                    tightest = new ContainerMemory(directory, isVersion2, limit);
                }
            }
        }

        return tightest;
    }

    // Null for "max", and where there is no such file.
    private static long? Number(string file) =>
        File.Exists(file) && long.TryParse(File.ReadAllText(file).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
