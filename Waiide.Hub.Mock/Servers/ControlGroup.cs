using System.Globalization;

namespace Waiide.Hub.Mock.Servers;

/// <summary>The hub's own control group (version 2), divided: one group for the hub, and one for each server. What is written where is the kernel's: Documentation/admin-guide/cgroup-v2.rst.</summary>
internal sealed class ControlGroup
{
    public const string Mount = "/sys/fs/cgroup";

    private const string OfHub = "waiide-hub";
    private const int Period = 100_000; // microseconds, the kernel's own

    private readonly string _folder;

    private ControlGroup(string folder) => _folder = folder;

    /// <summary>Divides the group that this folder is, for these controllers; null if it does not have them.</summary>
    public static ControlGroup? Divide(string folder, int hub, IReadOnlyCollection<string> controllers)
    {
        // A hub that began anew within its process is where the first one went.
        folder = Path.GetFileName(folder) == OfHub ? Path.GetDirectoryName(folder)! : folder;
        var offers = Path.Combine(folder, "cgroup.controllers");
        if (!File.Exists(offers) || controllers.Except(File.ReadAllText(offers).Split()).Any())
        {
            return null;
        }

        // A group that is divided may hold no process itself: the hub moves into one below it.
        Directory.CreateDirectory(Path.Combine(folder, OfHub));
        File.WriteAllText(Path.Combine(folder, OfHub, "cgroup.procs"), hub.ToString(CultureInfo.InvariantCulture));
        File.WriteAllText(Path.Combine(folder, "cgroup.subtree_control"), string.Join(' ', controllers.Select(controller => "+" + controller)));
        return new ControlGroup(folder);
    }

    /// <summary>Makes a group with these limits and puts a process into it: its limits are there before it is.</summary>
    public void Add(int id, long? memory, double? processors)
    {
        var group = Of(id);
        Directory.CreateDirectory(group);
        if (memory is not null)
        {
            File.WriteAllText(Path.Combine(group, "memory.max"), memory.Value.ToString(CultureInfo.InvariantCulture));
        }

        if (processors is not null)
        {
            File.WriteAllText(Path.Combine(group, "cpu.max"), string.Create(CultureInfo.InvariantCulture, $"{(long)(processors * Period)} {Period}"));
        }

        File.WriteAllText(Path.Combine(group, "cgroup.procs"), id.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Removes a process's group; the files in it are the kernel's and go by themselves.</summary>
    public void Remove(int id)
    {
        if (Directory.Exists(Of(id)))
        {
            Directory.Delete(Of(id));
        }
    }

    private string Of(int id) => Path.Combine(_folder, $"server-{id}");
}
