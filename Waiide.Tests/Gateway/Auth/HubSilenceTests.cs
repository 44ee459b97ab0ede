using Waiide.Gateway;
using Waiide.Gateway.Auth;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>However many exchanges look at once, a hub that fails them all has failed one look.</summary>
public sealed class HubSilenceTests
{
    private readonly Clock _clock = new();
    private readonly HubSilence _silence;

    public HubSilenceTests() => _silence = new HubSilence(_clock);

    [Fact]
    public void What_many_have_asked_together_in_vain_is_asked_again_at_the_next_look()
    {
        var looks = Enumerable.Range(0, 1000).Select(_ => Look()).ToArray();
        Parallel.ForEach(looks, look => _silence.Failed(look));
        Assert.Null(_silence.Look()); // Who comes late to this look.

        _clock.Advance(StandingWatch.Interval);

        Assert.NotNull(_silence.Look());
    }

    [Fact]
    public void A_question_that_hangs_through_several_looks_is_one_failure()
    {
        var first = Look();
        _clock.Advance(StandingWatch.Interval);
        var second = Look(); // Waits for the same question.
        _clock.Advance(StandingWatch.Interval);
        _silence.Failed(second);
        _silence.Failed(first);

        Assert.NotNull(_silence.Look());
    }

    [Fact]
    public void A_second_look_in_vain_is_followed_by_a_pause_and_an_answer_ends_it()
    {
        _silence.Failed(Look());
        _clock.Advance(StandingWatch.Interval);
        _silence.Failed(Look());
        _clock.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Null(_silence.Look());
        _clock.Advance(TimeSpan.FromSeconds(5.1));
        Assert.NotNull(_silence.Look());

        _silence.Answered();
        _silence.Failed(Look());
        _clock.Advance(StandingWatch.Interval);
        Assert.NotNull(_silence.Look());
    }

    [Fact]
    public void It_lasts_since_the_last_answer()
    {
        var day = TimeSpan.FromDays(1);
        _clock.Advance(day);
        Assert.True(_silence.IsLongerThan(day));
        _silence.Answered();
        Assert.False(_silence.IsLongerThan(day));
    }

    private DateTimeOffset Look() => _silence.Look() ?? throw new InvalidOperationException("The hub is let alone.");

    private sealed class Clock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan time) => _now += time;
    }
}
