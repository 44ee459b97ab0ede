using System.Runtime.InteropServices;

namespace Waiide.Gateway;

/// <summary>Where a path really leads: a link in a repository must not open what is outside of it.</summary>
internal static partial class RealPath
{
    /// <summary>The full path of <paramref name="path"/> below <paramref name="folder"/>; null where there is nothing, or where it leads elsewhere.</summary>
    internal static string? Within(string folder, string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path, folder));
        return IsWithin(Of(folder), Of(full)) ? full : null;
    }

    private static bool IsWithin(string? folder, string? path) =>
        folder is not null && path is not null && (path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal));

    /// <summary>Without a link in any part of it; null where it does not exist.</summary>
    internal static string? Of(string path)
    {
        var found = Resolve(path, IntPtr.Zero);
        try
        {
            return Marshal.PtrToStringUTF8(found);
        }
        finally
        {
            Free(found);
        }
    }

    // The framework resolves links of the last part only: https://github.com/dotnet/runtime/issues/23871.
    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial IntPtr Resolve(string path, IntPtr buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(IntPtr memory);
}
