using System.Runtime.InteropServices;

namespace Aspire.Hosting.Dcp.Processes;

/// <summary>The few calls of the C library that .NET has no word for.</summary>
internal static partial class Posix
{
    public const int SigKill = 9;
    public const int SigTerm = 15;

    private const int MayExecuteMode = 1; // X_OK
    private const short PollPeerClosed = 0x2000; // POLLRDHUP

    /// <summary>Sends a signal to a process, or to a group by its negative number; one that is gone already is no failure.</summary>
    public static void Signal(int id, int signal) => _ = Kill(id, signal);

    /// <summary>Whether a process of the group lives.</summary>
    public static bool GroupExists(int id) => Kill(-id, 0) == 0;

    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int ParentId();

    /// <summary>Whether this user may execute the file.</summary>
    public static bool MayExecute(string path) => Access(path, MayExecuteMode) == 0;

    /// <summary>Whether the other side has closed or broken the connection, even behind data that nobody has read yet.</summary>
    public static bool IsClosedByPeer(SafeHandle socket)
    {
        var borrowed = false;
        try
        {
            socket.DangerousAddRef(ref borrowed);
            var request = new PollRequest { Descriptor = (int)socket.DangerousGetHandle(), Events = PollPeerClosed };
            return Poll(ref request, 1, 0) > 0; // An error or a hang-up is reported without being asked for.
        }
        finally
        {
            if (borrowed)
            {
                socket.DangerousRelease();
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int id, int signal);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollRequest requests, nuint count, int timeout);

    // struct pollfd of poll(2)
    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
