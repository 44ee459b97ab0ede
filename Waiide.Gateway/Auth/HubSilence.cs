namespace Waiide.Gateway.Auth;

/// <summary>
/// How long a hub that does not answer is let alone about what one sign-in has open. Those exchanges share it and look all at once, so the failures that one look sees count as one: it is made good at the
/// next look, as the minute in which a revocation counts needs it.
/// </summary>
internal sealed class HubSilence(TimeProvider clock)
{
    // Looks of one sweep begin well within this, those of the next one after it.
    private static readonly TimeSpan OneLook = StandingWatch.Interval / 2;

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(45);

    private readonly Lock _gate = new();
    private DateTimeOffset _lastWord = clock.GetUtcNow();
    private DateTimeOffset _next = DateTimeOffset.MinValue;
    private int _failures;

    /// <summary>When the look that begins now has begun, for <see cref="Failed"/>; null: the hub is not asked this time.</summary>
    internal DateTimeOffset? Look()
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            return now < _next ? null : now;
        }
    }

    /// <summary>The hub has answered, yes or no.</summary>
    internal void Answered()
    {
        lock (_gate)
        {
            (_lastWord, _failures, _next) = (clock.GetUtcNow(), 0, DateTimeOffset.MinValue);
        }
    }

    /// <summary>The hub has not answered the look that began at <paramref name="begun"/>.</summary>
    internal void Failed(DateTimeOffset begun)
    {
        lock (_gate)
        {
            // Who began before an earlier failure was settled has waited for the same question, or for one that failed together with it.
            if (begun >= _next)
            {
                var (now, sameLook) = (clock.GetUtcNow(), begun + OneLook);
                var next = now + PauseAfter(++_failures, Random.Shared.NextDouble());
                _next = next > sameLook ? next : sameLook;
            }
        }
    }

    /// <summary>Whether the hub has said nothing for longer than <paramref name="time"/>.</summary>
    internal bool IsLongerThan(TimeSpan time)
    {
        lock (_gate)
        {
            return clock.GetUtcNow() - _lastWord >= time;
        }
    }

    /// <summary>
    /// How long the hub is let alone after it has failed so many looks; <paramref name="share"/> is a random number from 0 to 1. Thousands of servers do not fall upon a hub in the seconds in which it comes
    /// back.
    /// </summary>
    internal static TimeSpan PauseAfter(int failures, double share) =>
        failures < 2 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(failures - 1, 10))) * (0.5 + (0.5 * share));
}
