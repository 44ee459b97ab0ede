using System.Runtime.InteropServices;

namespace Waiide.Gateway.Edge;

/// <summary>Makes Ctrl+C and the hub's SIGINT work however this process was started.</summary>
internal static partial class Signals
{
    private const int SigInt = 2;
    private const nint Default = 0;

    /// <summary>
    /// Takes back an inherited "ignore": a shell gives it to what it starts in the background, such as a hub with its servers, and .NET would respect it;
    /// each stop would then cost the hub ten seconds. To be called before the host registers its own handlers.
    /// </summary>
    internal static void ListenToInterrupt() => _ = Signal(SigInt, Default);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int number, nint handler);
}
