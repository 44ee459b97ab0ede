using Waiide.Gateway.Auth;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>What thousands of servers ask of one hub does not come at the same moment, and is asked no later for it.</summary>
public sealed class SpreadTests
{
    [Theory]
    [InlineData(0, 45)]
    [InlineData(0.5, 40.5)]
    [InlineData(1, 36)]
    public void An_answer_about_a_token_is_believed_for_45_seconds_or_somewhat_less(double share, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), TokenCache.Lifetime(share));

    [Theory]
    [InlineData(1, 0, 0)]
    [InlineData(2, 5, 10)]
    [InlineData(3, 10, 20)]
    [InlineData(4, 20, 40)]
    [InlineData(5, 22.5, 45)]
    [InlineData(100_000, 22.5, 45)]
    public void A_hub_that_goes_on_failing_is_asked_ever_less_about_what_is_open(int failures, double least, double most)
    {
        Assert.Equal(TimeSpan.FromSeconds(least), HubSilence.PauseAfter(failures, 0));
        Assert.Equal(TimeSpan.FromSeconds(most), HubSilence.PauseAfter(failures, 1));
    }
}
