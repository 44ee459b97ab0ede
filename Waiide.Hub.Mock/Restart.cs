using System.Runtime.InteropServices;

namespace Waiide.Hub.Mock;

/// <summary>The hub's process begins anew: the same program in the same process, so that whoever started it notices nothing and its servers stay its children.</summary>
internal sealed partial class Restart
{
    /// <summary>How long the hub is away once it has stopped; null: it stops for good.</summary>
    public TimeSpan? Away { get; set; }

    /// <summary>Comes back only with a failure, as the exit code.</summary>
    public static async Task<int> BeginAnewAsync(TimeSpan away)
    {
        await Task.Delay(away);
        var program = File.ResolveLinkTarget("/proc/self/exe", returnFinalTarget: true)!.FullName;
        var arguments = (await File.ReadAllTextAsync("/proc/self/cmdline")).TrimEnd('\0').Split('\0');
        _ = Execute(program, [.. arguments, null]);
        await Console.Error.WriteLineAsync($"The hub could not begin anew: {Marshal.GetLastPInvokeErrorMessage()}.");
        return 1;
    }

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, string?[] arguments);
}
