namespace Waiide.Gateway.Activity;

/// <summary>What counts as use (docs/idle.md).</summary>
internal static class UseRule
{
    internal static bool Counts(this ActivityPolicy policy, Sight sight) => policy switch
    {
        ActivityPolicy.Browser => sight is Sight.Traffic or Sight.Person,
        ActivityPolicy.Input => sight is Sight.Person,
        _ => sight is Sight.Person or Sight.Work,
    };

    /// <summary>The work of processes that cannot be seen might be anything: an open tab then counts, so that it is not ended by mistake.</summary>
    internal static ActivityPolicy PolicyOf(GatewayOptions options) =>
        options is { Activity: ActivityPolicy.InputAndCpu, IdeUrl: not null } ? ActivityPolicy.Browser : options.Activity;

    /// <summary>How long before the stop it is announced.</summary>
    internal static TimeSpan Notice(TimeSpan timeout) => TimeSpan.FromTicks(Math.Min(TimeSpan.FromMinutes(5).Ticks, timeout.Ticks / 4));

    internal static IdleVerdict Judge(TimeSpan unused, TimeSpan timeout) =>
        unused >= timeout ? IdleVerdict.Stop : unused >= timeout - Notice(timeout) ? IdleVerdict.Announce : IdleVerdict.Stay;
}

/// <summary>What follows from how long a server has not been used.</summary>
internal enum IdleVerdict
{
    Stay,
    Announce,
    Stop,
}
