using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Waiide.Gateway.Ide;

/// <summary>
/// All the processes that carry one run's mark in their environment: the IDE server, and whatever was started in its terminals, which are sessions of their own.
/// A mark is random, so none of them is ever mistaken for a process that merely got the same id.
/// </summary>
internal static partial class Run
{
    private const int SigTerm = 15;
    private const int SigKill = 9;
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    internal static string NewMark() => Guid.NewGuid().ToString("N");

    /// <summary>Starts a program in a session, and so in a process group, of its own: neither Ctrl+C nor a hangup of the gateway's terminal reaches it.</summary>
    internal static Process Start(IdeCommand command)
    {
        // A child that leads no group yet becomes a session's leader in place: the id of setsid is the id of the program and of its group.
        var start = new ProcessStartInfo("setsid", [command.Program, .. command.Arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in command.Environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            var process = Process.Start(start)!;
            process.StandardInput.Close();
            return process;
        }
        catch (Win32Exception failure)
        {
            throw new IdeException($"{command.Program} could not be started: the gateway needs setsid (Debian's package util-linux) on the PATH.", failure);
        }
    }

    /// <summary>Asks the process and its group to end; what is left after <paramref name="grace"/> is killed.</summary>
    internal static async Task EndGroupAsync(Process leader, TimeSpan grace)
    {
        Signal(-leader.Id, SigTerm);
        try
        {
            await leader.WaitForExitAsync().WaitAsync(grace);
        }
        catch (TimeoutException)
        {
            // The kill below answers it.
        }

        KillGroup(leader);
        await leader.WaitForExitAsync();
    }

    internal static void KillGroup(Process leader) => Signal(-leader.Id, SigKill);

    /// <summary>Asks one process to end, or ends it.</summary>
    internal static void End(int id, bool kill) => Signal(id, kill ? SigKill : SigTerm);

    /// <summary>Asks all processes of a run to end; what is left after <paramref name="grace"/> is killed.</summary>
    internal static async Task EndAsync(string mark, TimeSpan grace)
    {
        var clock = Stopwatch.StartNew();
        var asked = new HashSet<int>();
        // What a kill does not end within a second hangs in the kernel (a dead network file system, say), and waiting longer does not help.
        while (clock.Elapsed < grace + TimeSpan.FromSeconds(1) && Find(mark) is { Count: > 0 } left)
        {
            var late = clock.Elapsed > grace;
            foreach (var id in left)
            {
                if (late)
                {
                    Signal(id, SigKill);
                }
                else if (asked.Add(id))
                {
                    Signal(id, SigTerm);
                }
            }

            await Task.Delay(Glance);
        }
    }

    /// <summary>
    /// The ids of the processes that carry a run's mark, but for this one and those that it was started from: a gateway that somebody starts in a terminal
    /// that an earlier one left behind must not end itself. What is among the <paramref name="bystanders"/> is not looked at.
    /// </summary>
    internal static IReadOnlyList<int> Find(string mark, Bystanders? bystanders = null)
    {
        var wanted = Encoding.ASCII.GetBytes($"{IdeEnvironment.RunVariable}={mark}");
        var ownLine = OwnLine();
        var found = new List<int>();
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || bystanders?.Contains(id) == true || ownLine.Contains(id))
            {
                continue;
            }

            if (Has(Environ(directory), wanted))
            {
                found.Add(id);
            }
            else
            {
                bystanders?.Add(id);
            }
        }

        return found;
    }

    private static HashSet<int> OwnLine()
    {
        var line = new HashSet<int>();
        for (var id = Environment.ProcessId; id > 0 && line.Add(id); id = ProcessUse.Of(id)?.Parent ?? 0)
        {
        }

        return line;
    }

    private static bool Has(ReadOnlySpan<byte> environ, ReadOnlySpan<byte> wanted)
    {
        foreach (var variable in environ.Split((byte)0))
        {
            if (environ[variable].SequenceEqual(wanted))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<byte> Environ(string directory)
    {
        try
        {
            return File.ReadAllBytes(Path.Combine(directory, "environ"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return []; // It ended meanwhile, or is somebody else's.
        }
    }

    private static void Signal(int id, int signal) => _ = Kill(id, signal); // The one way to fail is that nobody is left.

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int id, int signal);
}
