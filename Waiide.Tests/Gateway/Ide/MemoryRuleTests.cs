using Waiide.Gateway.Ide;

namespace Waiide.Tests.Gateway.Ide;

public class MemoryRuleTests
{
    [Theory]
    [InlineData(0.10, false, "None")]
    [InlineData(0.84, false, "None")]
    [InlineData(0.85, false, "Full")]
    [InlineData(0.84, true, "Full")]
    [InlineData(0.80, true, "Full")]
    [InlineData(0.79, true, "None")]
    [InlineData(0.95, false, "AlmostGone")]
    [InlineData(1.20, true, "AlmostGone")]
    public void A_person_is_warned_from_85_percent_on_and_until_it_is_well_below(double share, bool isWarned, string notice) =>
        Assert.Equal(notice, MemoryRule.Of(share, isWarned, []).Notice.ToString());

    [Fact]
    public void Who_has_been_without_a_browser_for_longest_goes_first_and_alone() =>
        Assert.Equal(2, MemoryRule.Of(0.96, false, [Abandoned(1, 40), Abandoned(2, 400), Abandoned(3, 60)]).End!.Process.Id);

    [Fact]
    public void While_there_is_room_nothing_is_ended() => Assert.Null(MemoryRule.Of(0.94, true, [Abandoned(1, 4000)]).End);

    [Fact]
    public void A_browser_that_was_there_a_moment_ago_is_waited_for() => Assert.Null(MemoryRule.Of(1.1, true, [Abandoned(1, 29)]).End);

    private static MemoryRule.Abandoned Abandoned(int id, int seconds) =>
        new(new ProcessUse(id, "node", 1, 1, 0, 100, TimeSpan.Zero, TimeSpan.Zero, id), TimeSpan.FromSeconds(seconds));
}
