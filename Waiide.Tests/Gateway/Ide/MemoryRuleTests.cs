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
        Assert.Equal(2, MemoryRule.Of(0.96, false, [Abandoned(1, 700), Abandoned(2, 4000), Abandoned(3, 800)]).End!.Process.Id);

    [Fact]
    public void While_there_is_room_nothing_is_ended() => Assert.Null(MemoryRule.Of(0.94, true, [Abandoned(1, 4000)]).End);

    [Theory]
    [InlineData(0.96, 599, false)]
    [InlineData(0.96, 600, true)]
    [InlineData(0.99, 29, false)]
    [InlineData(0.99, 30, true)]
    public void A_browser_that_was_there_a_moment_ago_is_waited_for_longer_than_a_lid_is_closed_unless_the_kernel_would_kill_now(double share, int seconds, bool isEnded) =>
        Assert.Equal(isEnded, MemoryRule.Of(share, true, [Abandoned(1, seconds)]).End is not null);

    [Fact]
    public void What_works_for_the_person_is_never_ended() =>
        Assert.Equal(2, MemoryRule.Of(1.1, true, [Abandoned(1, 4000) with { Works = true }, Abandoned(2, 600)]).End!.Process.Id);

    [Fact]
    public void The_kernel_of_a_notebook_or_a_terminal_below_an_extension_host_is_the_persons()
    {
        var (host, server) = (Process(10, parent: 1), Process(11, parent: 10));
        Assert.False(UserProcesses.AreBelow(host, [host, server, Process(20, parent: 1), Process(21, parent: 20) with { Terminal = 34816 }], _ => false));
        Assert.True(UserProcesses.AreBelow(host, [host, server, Process(12, parent: 11)], process => process.Id == 12));
        Assert.True(UserProcesses.AreBelow(host, [host, server, Process(12, parent: 11) with { Terminal = 34816 }], _ => false));
    }

    private static MemoryRule.Abandoned Abandoned(int id, int seconds) => new(Process(id, parent: 1), TimeSpan.FromSeconds(seconds), Works: false);

    private static ProcessUse Process(int id, int parent) => new(id, "node", parent, 1, 0, 100, TimeSpan.Zero, TimeSpan.Zero, id);
}
