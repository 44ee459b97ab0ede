namespace Waiide.Gateway.Activity;

/// <summary>Whether what the person's processes used within some time is work, or only the breath of programs that wait.</summary>
internal static class WorkRate
{
    // Of one processor. A server at rest, top and a file that is followed stay below one hundredth; whatever computes takes a whole processor.
    private const double LeastCpu = 0.05;

    // A download that waits for the network computes little but writes what it gets. A screenful that is drawn anew each second is some 4 kB.
    private const double LeastWritten = 16 * 1024;

    // What extensions start is at work by itself, too: language servers, git, with 4 to 5 % and 13 % for moments. Twice that is a test run, a build, an agent, even in a container that
    // has half a processor; or a language server that reads a project after it was opened, which comes to its end.
    private const double LeastCpuOfHelpers = 0.3;

    internal static bool IsWork(WorkTotal before, WorkTotal after, TimeSpan between) =>
        between > TimeSpan.Zero
        && ((after.Cpu - before.Cpu) / between >= LeastCpu
            || (after.HelpersCpu - before.HelpersCpu) / between >= LeastCpuOfHelpers
            || (after.Written - before.Written) / between.TotalSeconds >= LeastWritten);
}
