using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Aspire.Hosting.Dcp.Processes;

/// <summary>Everything that came of one start: the processes of the root's session, and those anywhere that carry its marker in their environment.</summary>
internal sealed class ProcessFamily(int root, string marker)
{
    private static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    private readonly byte[] _marker = Encoding.UTF8.GetBytes(marker);

    private readonly record struct Member(int Id, int Session);

    /// <summary>Asks all to end, the root first; kills what is left after <paramref name="patience"/>. Returns the ids of those that even that did not end.</summary>
    public async Task<IReadOnlyList<int>> EndAsync(TimeSpan patience)
    {
        var clock = Stopwatch.StartNew();
        var asked = new HashSet<int>();
        var pause = TimeSpan.FromMilliseconds(10);
        while (true)
        {
            var living = Living();
            if (living.Count == 0)
            {
                KillGroup(); // A process that was forked while we looked.
                return [];
            }

            if (clock.Elapsed > patience + KillLimit)
            {
                return [.. living.Select(member => member.Id)];
            }

            // What a root starts after it was asked helps it to end in good order.
            if (clock.Elapsed < patience && (asked.Count == 0 || !living.Exists(member => member.Id == root)))
            {
                foreach (var member in living.Where(member => asked.Add(member.Id)).OrderBy(member => member.Id != root))
                {
                    Posix.Signal(member.Id, Posix.SigTerm);
                }
            }
            else if (clock.Elapsed >= patience)
            {
                // The group falls as one, or a process that forks faster than we look would always be a step ahead.
                if (living.Exists(member => member.Session == root))
                {
                    KillGroup();
                }

                living.ForEach(member => Posix.Signal(member.Id, Posix.SigKill));
            }

            await Task.Delay(pause);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private void KillGroup() => Posix.Signal(-root, Posix.SigKill);

    private List<Member> Living()
    {
        var living = new List<Member>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && Find(id) is { } member)
            {
                living.Add(member);
            }
        }

        return living;
    }

    private Member? Find(int id)
    {
        try
        {
            // "1234 (a name) S 1 1234 1234 ...": after the name, which may hold anything, come state, parent, group, session.
            var stat = File.ReadAllText($"/proc/{id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ', 5);
            var member = new Member(id, int.Parse(fields[3], CultureInfo.InvariantCulture));
            var isZombie = fields[0] is "Z" or "X";
            return !isZombie && (member.Session == root || File.ReadAllBytes($"/proc/{id}/environ").AsSpan().IndexOf(_marker) >= 0) ? member : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // It ended meanwhile, or is another user's.
        }
    }
}
