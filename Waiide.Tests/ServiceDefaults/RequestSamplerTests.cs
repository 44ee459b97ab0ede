using System.Diagnostics;
using OpenTelemetry.Trace;
using Waiide.ServiceDefaults;

namespace Waiide.Tests.ServiceDefaults;

/// <summary>What people cause is traced, of a flood a part; what belongs together is traced together or not at all.</summary>
public sealed class RequestSamplerTests
{
    private readonly Clock _clock = new();
    private readonly RequestSampler _sampler;

    public RequestSamplerTests() => _sampler = new RequestSampler(_clock);

    [Fact]
    public void A_thousand_requests_at_once_are_traced_and_then_fifty_a_second()
    {
        Assert.Equal(1000, TracedOf(3000));

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(50, TracedOf(3000));

        _clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(1, TracedOf(3000));

        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1000, TracedOf(3000));
    }

    [Fact]
    public void Every_part_of_what_is_traced_is_traced_in_a_flood_too()
    {
        TracedOf(3000);

        Assert.True(IsTraced(ActivityKind.Internal, ActivityTraceFlags.Recorded));
        Assert.True(IsTraced(ActivityKind.Client, ActivityTraceFlags.Recorded));
    }

    [Fact]
    public void What_belongs_to_something_that_is_left_out_is_left_out_and_takes_nobodys_place()
    {
        foreach (var kind in Enum.GetValues<ActivityKind>())
        {
            Assert.False(IsTraced(kind, ActivityTraceFlags.None));
        }

        Assert.Equal(1000, TracedOf(3000));
    }

    [Fact]
    public void What_the_process_does_by_itself_is_traced_and_takes_nobodys_place()
    {
        for (var start = 0; start < 2000; start++)
        {
            Assert.True(IsTraced(ActivityKind.Internal));
        }

        Assert.Equal(1000, TracedOf(3000));
    }

    private int TracedOf(int requests) => Enumerable.Range(0, requests).Count(_ => IsTraced(ActivityKind.Server));

    private bool IsTraced(ActivityKind kind, ActivityTraceFlags? parent = null)
    {
        var context = parent is { } flags ? new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), flags) : default;
        return _sampler.ShouldSample(new SamplingParameters(context, ActivityTraceId.CreateRandom(), "GET", kind)).Decision == SamplingDecision.RecordAndSample;
    }

    private sealed class Clock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public void Advance(TimeSpan time) => _now += time.Ticks;
    }
}
