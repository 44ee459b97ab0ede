using Waiide.Gateway;

namespace Waiide.Tests.Gateway.Activity;

/// <summary>What was recorded of a real IDE, and what each policy makes of it.</summary>
public class RecordingTests
{
    // VS Code calls a window active for 30 to 70 s after the last key or click, and its processes are looked at once a minute.
    private const double Aftermath = 100;

    public static TheoryData<string> WhereNobodyIs =>
    [
        "idle-focused", "idle-hidden", "tail-of-a-quiet-log", "dev-server-at-rest", "debugger", "top", "growing-log",
    ];

    [Theory]
    [MemberData(nameof(WhereNobodyIs))]
    public void A_tab_that_somebody_left_is_not_used(string name)
    {
        var recording = Recording.Of(name);
        Assert.InRange(recording.LastUse(ActivityPolicy.Input), 1, recording.HandsOff + Aftermath);
        Assert.InRange(recording.LastUse(ActivityPolicy.InputAndCpu), 1, recording.HandsOff + Aftermath);
        Assert.InRange(recording.LastUse(ActivityPolicy.Browser), recording.End - 6, recording.End);
    }

    [Theory]
    [InlineData("idle-focused")]
    [InlineData("idle-hidden")]
    public void The_tabs_that_were_left_were_left_for_half_an_hour(string name)
    {
        var recording = Recording.Of(name);
        Assert.InRange(recording.End - recording.HandsOff, 1790, 1900);
    }

    [Theory]
    [InlineData("build")]
    [InlineData("computing")]
    [InlineData("download")]
    public void A_terminal_that_works_alone_is_used_where_work_counts(string name)
    {
        var recording = Recording.Of(name);
        Assert.InRange(recording.LastUse(ActivityPolicy.Input), 1, recording.HandsOff + Aftermath);
        Assert.InRange(recording.LastUse(ActivityPolicy.InputAndCpu), recording.End - 25, recording.End);
    }

    [Fact]
    public void Everything_that_a_person_does_in_the_workbench_is_use()
    {
        var recording = Recording.Of("typing");
        foreach (var ((time, text), next) in recording.Notes.Zip(recording.Notes.Skip(1).Select(note => note.Time)).Where(pair => pair.First.Text is not ("at rest" or "hands off")))
        {
            Assert.True(recording.LastUse(ActivityPolicy.Input, before: next) >= time, $"'{text}' from {time} to {next} is no use.");
        }

        Assert.InRange(recording.LastUse(ActivityPolicy.Input), recording.HandsOff, recording.HandsOff + Aftermath);
    }

    [Fact]
    public void A_tab_that_comes_back_by_itself_after_a_loss_of_the_network_is_not_used()
    {
        var recording = Recording.Of("reconnect");
        var firstLoss = recording.Notes.First(note => note.Text.StartsWith("cut", StringComparison.Ordinal)).Time;
        Assert.InRange(recording.LastUse(ActivityPolicy.Input), 1, firstLoss + Aftermath);
        Assert.InRange(recording.LastUse(ActivityPolicy.InputAndCpu), 1, firstLoss + Aftermath);
    }
}
