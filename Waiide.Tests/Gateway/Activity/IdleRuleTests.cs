using Waiide.Gateway;
using Waiide.Gateway.Activity;

namespace Waiide.Tests.Gateway.Activity;

public class IdleRuleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData("01:00:00", "00:54:59", nameof(IdleVerdict.Stay))]
    [InlineData("01:00:00", "00:55:00", nameof(IdleVerdict.Announce))]
    [InlineData("01:00:00", "01:00:00", nameof(IdleVerdict.Stop))]
    [InlineData("00:00:08", "00:00:05", nameof(IdleVerdict.Stay))]
    [InlineData("00:00:08", "00:00:06", nameof(IdleVerdict.Announce))]
    public void The_stop_is_announced_for_five_minutes_or_a_quarter_of_the_time(string timeout, string unused, string verdict) =>
        Assert.Equal(verdict, UseRule.Judge(TimeSpan.Parse(unused, null), TimeSpan.Parse(timeout, null)).ToString());

    [Theory]
    [InlineData(nameof(ActivityPolicy.Browser), nameof(Sight.Traffic), true)]
    [InlineData(nameof(ActivityPolicy.Browser), nameof(Sight.Person), true)]
    [InlineData(nameof(ActivityPolicy.Input), nameof(Sight.Traffic), false)]
    [InlineData(nameof(ActivityPolicy.Input), nameof(Sight.Person), true)]
    [InlineData(nameof(ActivityPolicy.Input), nameof(Sight.Work), false)]
    [InlineData(nameof(ActivityPolicy.InputAndCpu), nameof(Sight.Traffic), false)]
    [InlineData(nameof(ActivityPolicy.InputAndCpu), nameof(Sight.Person), true)]
    [InlineData(nameof(ActivityPolicy.InputAndCpu), nameof(Sight.Work), true)]
    public void Each_policy_counts_what_it_says(string policy, string sight, bool counts) => Assert.Equal(counts, Enum.Parse<ActivityPolicy>(policy).Counts(Enum.Parse<Sight>(sight)));

    [Fact]
    public void The_work_of_an_attached_IDE_cannot_be_seen_so_its_open_tab_counts()
    {
        var attached = new Uri("http://ide");
        Assert.Equal(ActivityPolicy.Browser, UseRule.PolicyOf(new GatewayOptions { IdeUrl = attached }));
        Assert.Equal(ActivityPolicy.Input, UseRule.PolicyOf(new GatewayOptions { IdeUrl = attached, Activity = ActivityPolicy.Input }));
        Assert.Equal(ActivityPolicy.InputAndCpu, UseRule.PolicyOf(new GatewayOptions()));
    }

    [Fact]
    public void Time_in_which_the_machine_slept_is_not_counted()
    {
        var unused = new UnusedTime(Second);
        unused.Pass(Second, wasUsed: false);
        unused.Pass(TimeSpan.FromHours(9), wasUsed: false);
        unused.Pass(2 * Second, wasUsed: false); // Late, as on a busy machine: that time has passed.
        Assert.Equal(4 * Second, unused.Total);
        unused.Pass(Second, wasUsed: true);
        Assert.Equal(TimeSpan.Zero, unused.Total);
    }

    [Theory]
    [InlineData(0.6, 0, false)] // A hundredth of a processor for a minute.
    [InlineData(3.0, 0, true)]
    [InlineData(0, 240_000, false)] // A screen that is drawn anew each second.
    [InlineData(0, 3_000_000, true)] // 50 kB/s to a file.
    [InlineData(-50, -1_000_000, false)] // What had used it is gone.
    public void Work_is_more_than_the_breath_of_programs_that_wait(double cpu, long written, bool isWork) =>
        Assert.Equal(isWork, WorkRate.IsWork(new WorkTotal(TimeSpan.FromHours(1), 5_000_000, TimeSpan.Zero), new WorkTotal(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(cpu), 5_000_000 + written, TimeSpan.Zero), 60 * Second));

    [Theory]
    [InlineData(8, false)] // A language server and git at rest, at their worst.
    [InlineData(30, true)] // A test run that gets half a processor.
    public void What_extensions_start_is_work_once_it_computes_much_more_than_it_does_at_rest(double cpu, bool isWork) =>
        Assert.Equal(isWork, WorkRate.IsWork(default, new WorkTotal(TimeSpan.Zero, 0, TimeSpan.FromSeconds(cpu)), 60 * Second));
}
