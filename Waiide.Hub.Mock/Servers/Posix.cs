using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Waiide.Hub.Mock.Servers;

/// <summary>The system calls that start, signal and reap servers. .NET's Process cannot do it: no session of its own, no output into a file, and signals that were ignored stay so.</summary>
internal static partial class Posix
{
    public const int SigInt = 2;
    public const int SigKill = 9;
    public const int SigTerm = 15;

    private const int Interrupted = 4; // EINTR
    private const int ReadOnly = 0;
    private const int WriteAnew = 0x1 | 0x40 | 0x200 | 0x400; // O_WRONLY | O_CREAT | O_TRUNC | O_APPEND
    private const uint OnlyOwner = 0x180; // 0600

    // POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID
    private const short Flags = 0x04 | 0x08 | 0x80;

    // Larger than posix_spawnattr_t, posix_spawn_file_actions_t and sigset_t of any libc.
    private const int Room = 1024;

    /// <summary>
    /// Starts a program as the leader of a new session, with exactly these arguments (the first is its name) and variables, every signal as it is by default,
    /// no input, and its output in a file. Throws <see cref="Win32Exception"/>.
    /// </summary>
    /// <returns>The id of the process.</returns>
    public static int Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, string folder, string output)
    {
        var (actions, attributes, everySignal, noSignal) = (Marshal.AllocHGlobal(Room), Marshal.AllocHGlobal(Room), Filled(0xFF), Filled(0));
        var argv = Pointers(arguments);
        var envp = Pointers(environment.Select(variable => $"{variable.Key}={variable.Value}"));
        _ = InitActions(actions);
        _ = InitAttributes(attributes);
        try
        {
            Check(AddChangeFolder(actions, folder));
            Check(AddOpen(actions, 0, "/dev/null", ReadOnly, 0));
            Check(AddOpen(actions, 1, output, WriteAnew, OnlyOwner));
            Check(AddDuplicate(actions, 1, 2));
            Check(SetFlags(attributes, Flags));
            Check(SetDefaultSignals(attributes, everySignal));
            Check(SetSignalMask(attributes, noSignal));
            Check(Spawn(out var id, program, actions, attributes, argv, envp));
            return id;
        }
        finally
        {
            _ = DestroyActions(actions);
            _ = DestroyAttributes(attributes);
            foreach (var memory in argv.Concat(envp))
            {
                Marshal.FreeCoTaskMem(memory);
            }

            foreach (var memory in new[] { actions, attributes, everySignal, noSignal })
            {
                Marshal.FreeHGlobal(memory);
            }
        }
    }

    /// <summary>Waits until a child has ended. Its exit code; of one that a signal ended, the signal's number with a minus, as Python says it; null if it is not ours to wait for.</summary>
    public static int? Wait(int id)
    {
        while (true)
        {
            if (WaitPid(id, out var status, 0) == id)
            {
                return (status & 0x7F) == 0 ? (status >> 8) & 0xFF : -(status & 0x7F);
            }

            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                return null;
            }
        }
    }

    /// <summary>Sends a signal; that nobody is left to get it is no failure.</summary>
    public static void Signal(int id, int signal) => _ = Kill(id, signal);

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }

    private static nint Filled(byte value)
    {
        var memory = Marshal.AllocHGlobal(Room);
        Marshal.Copy(Enumerable.Repeat(value, Room).ToArray(), 0, memory, Room);
        return memory;
    }

    // As C has its lists: the end is a null.
    private static nint[] Pointers(IEnumerable<string> texts) => [.. texts.Select(Marshal.StringToCoTaskMemUTF8), 0];

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(out int id, string path, nint actions, nint attributes, nint[] argv, nint[] envp);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int InitActions(nint actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int DestroyActions(nint actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddChangeFolder(nint actions, string folder);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddOpen(nint actions, int descriptor, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(nint actions, int from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int InitAttributes(nint attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int DestroyAttributes(nint attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(nint attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int SetDefaultSignals(nint attributes, nint signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetSignalMask(nint attributes, nint signals);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int id, out int status, int options);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int id, int signal);
}
