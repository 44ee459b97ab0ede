namespace Waiide.Gateway.Ide;

/// <summary>Decides what is done about memory, and does nothing itself.</summary>
internal static class MemoryRule
{
    /// <summary>From here on the person is told.</summary>
    internal const double Soft = 0.85;

    /// <summary>From here on room is made.</summary>
    internal const double Hard = 0.95;

    // A notice that was shown goes only below this, so that it does not come and go with every breath of the garbage collector.
    private const double Calm = 0.80;

    /// <summary>From here on the kernel may pick a process at any moment, and it picks the largest: that is the person's work.</summary>
    internal const double Last = 0.99;

    // A page that reloads, a network that changes, a laptop that is carried to another room: nobody has gone yet.
    private static readonly TimeSpan ProbablyGone = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan NotReloading = TimeSpan.FromSeconds(30);

    /// <summary>An extension host whose client has gone.</summary>
    /// <param name="Works">Whether something of the person's runs below it, or it computes: then it is theirs, with or without a browser.</param>
    internal sealed record Abandoned(ProcessUse Process, TimeSpan For, bool Works);

    internal enum Notice
    {
        None,
        Full,
        AlmostGone,
    }

    /// <summary>What to do.</summary>
    internal sealed record Verdict(Notice Notice, Abandoned? End);

    /// <summary>One look: at most one process is ended, then the next look shows what that has given.</summary>
    internal static Verdict Of(double share, bool isWarned, IEnumerable<Abandoned> abandoned) => new(
        share >= Hard ? Notice.AlmostGone : share >= (isWarned ? Calm : Soft) ? Notice.Full : Notice.None,
        share >= Hard ? abandoned.Where(host => !host.Works && host.For >= (share >= Last ? NotReloading : ProbablyGone)).MaxBy(host => host.For) : null);
}
