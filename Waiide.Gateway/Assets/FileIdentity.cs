using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Waiide.Gateway.Assets;

/// <summary>Which file or folder it is, whose, and since when it has been as it is: one that somebody has replaced or written to is another.</summary>
internal readonly partial record struct FileIdentity(ulong Device, ulong Number, ulong Size, long Seconds, uint Nanoseconds, uint Owner, uint Mode)
{
    // https://man7.org/linux/man-pages/man2/statx.2.html. Its layout is the same on all processors, which that of stat(2) is not.
    private const int EmptyPath = 0x1000;
    private const int DoNotFollow = 0x100;
    private const uint Wanted = 0x7FF;
    private const uint OthersWrite = 0b000_010_010;

    /// <summary>Only this user and root can change it, and who may read what. Who owns a file can always write to it later.</summary>
    public bool IsOurs => (Owner == 0 || Owner == EffectiveUser()) && (Mode & OthersWrite) == 0;

    /// <summary>Of what <paramref name="path"/> names itself, without following a link.</summary>
    internal static FileIdentity Of(string path) => From(Statx(-1, path, DoNotFollow, Wanted, out var found), found, path);

    /// <summary>Of what is open.</summary>
    internal static FileIdentity Of(SafeFileHandle file) => From(StatxOpen(file, "", EmptyPath, Wanted, out var found), found, "an open file");

    private static FileIdentity From(int outcome, in Found found, string what) => outcome == 0
        ? new(((ulong)found.DeviceMajor << 32) | found.DeviceMinor, found.Number, found.Size, found.ChangedSeconds, found.ChangedNanoseconds, found.Owner, found.Mode)
        : throw new IOException($"Nobody knows whose {what} is: {Marshal.GetLastPInvokeErrorMessage()}.");

    // The kernel writes 256 bytes.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Found
    {
        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Number;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(96)]
        public long ChangedSeconds;

        [FieldOffset(104)]
        public uint ChangedNanoseconds;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Statx(int folder, string path, int flags, uint wanted, out Found found);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int StatxOpen(SafeFileHandle file, string path, int flags, uint wanted, out Found found);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();
}
