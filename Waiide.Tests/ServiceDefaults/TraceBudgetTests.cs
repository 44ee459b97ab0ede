using Waiide.ServiceDefaults;

namespace Waiide.Tests.ServiceDefaults;

/// <summary>What people cause is traced, of a flood a part.</summary>
public sealed class TraceBudgetTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void A_thousand_requests_at_once_are_traced_and_then_fifty_a_second()
    {
        var budget = new TraceBudget(_clock);
        Assert.Equal(1000, TracedOf(3000));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(50, TracedOf(3000));

        _clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(1, TracedOf(3000));

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1000, TracedOf(3000));

        int TracedOf(int requests) => Enumerable.Range(0, requests).Count(_ => budget.TryTake());
    }

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan time) => _now += time.Ticks;
    }
}
