using System.Globalization;

namespace Aspire.Hosting.Dcp.Processes;

/// <summary>The children of a process, their children and so on, as they are at one moment.</summary>
internal sealed class ProcessTree
{
    private readonly List<Entry> _below = [];

    private ProcessTree(int root)
    {
        var all = Directory.EnumerateDirectories("/proc").Select(folder => Read(Path.GetFileName(folder))).OfType<Entry>().ToLookup(entry => entry.Parent);
        var open = new Queue<int>([root]);
        while (open.TryDequeue(out var parent))
        {
            foreach (var child in all[parent])
            {
                _below.Add(child);
                open.Enqueue(child.Id);
            }
        }
    }

    private sealed record Entry(int Id, int Parent, string StartedAt);

    public static ProcessTree Below(int root) => new(root);

    /// <summary>Kills those that still live, wherever they are in the tree by now.</summary>
    public void Kill()
    {
        foreach (var entry in _below)
        {
            // Not another process that has the number meanwhile.
            if (Read(entry.Id.ToString(CultureInfo.InvariantCulture))?.StartedAt == entry.StartedAt)
            {
                Posix.Signal(entry.Id, Posix.SigKill);
            }
        }
    }

    private static Entry? Read(string? id)
    {
        if (!int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        try
        {
            // "1234 (a name) S 1 ...": after the name come state and parent, and the start time is field 22 of proc(5).
            var stat = File.ReadAllText($"/proc/{number}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return new Entry(number, int.Parse(fields[1], CultureInfo.InvariantCulture), fields[19]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // It ended meanwhile.
        }
    }
}
