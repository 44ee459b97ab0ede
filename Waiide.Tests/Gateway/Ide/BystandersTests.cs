using System.Diagnostics;
using Waiide.Gateway.Ide;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Ide;

/// <summary>Looking for a run's processes on a machine where most belong to others.</summary>
public sealed class BystandersTests
{
    private readonly Clock _clock = new();
    private readonly string _mark = Run.NewMark();

    [Fact]
    public async Task Of_many_processes_only_those_that_are_new_are_looked_at_again()
    {
        var bystanders = new Bystanders(_clock);
        using var other = Started(Run.NewMark());
        using var first = Started(_mark);
        await Eventually.Is(() => Run.Find(_mark, new Bystanders(_clock)).Contains(first.Id), "the first process carries its mark");
        Assert.Equal([first.Id], Run.Find(_mark, bystanders));
        Assert.True(bystanders.Contains(other.Id) && !bystanders.Contains(first.Id));

        using var second = Started(_mark);
        await Eventually.Is(() => Run.Find(_mark).Contains(second.Id), "the second process carries its mark");
        Assert.Equal([first.Id, second.Id], Run.Find(_mark, bystanders).Order());
    }

    [Fact]
    public async Task Whoever_was_overlooked_is_found_within_a_minute()
    {
        var bystanders = new Bystanders(_clock);
        using var process = Started(_mark);
        bystanders.Add(process.Id); // As one whose id an ended process had before.
        await Eventually.Is(() => Run.Find(_mark).Contains(process.Id), "the process carries its mark");

        _clock.Seconds = 59;
        Assert.Empty(Run.Find(_mark, bystanders));
        _clock.Seconds = 60;
        Assert.Equal([process.Id], Run.Find(_mark, bystanders));
    }

    [Fact]
    public async Task What_has_to_end_is_looked_for_among_all()
    {
        using var process = Started(_mark);
        await Eventually.Is(() => Run.Find(_mark).Contains(process.Id), "the process carries its mark");
        var bystanders = new Bystanders(_clock);
        bystanders.Add(process.Id);
        Assert.Empty(Run.Find(_mark, bystanders));

        await Run.EndAsync(_mark, TimeSpan.FromSeconds(5));
        Assert.True(process.Process.WaitForExit(TimeSpan.FromSeconds(10)), "It was told to end.");
    }

    private static Sleeper Started(string mark)
    {
        var start = new ProcessStartInfo("sleep", "1000");
        start.Environment[IdeEnvironment.RunVariable] = mark;
        return new Sleeper(Process.Start(start)!);
    }

    private sealed record Sleeper(Process Process) : IDisposable
    {
        public int Id => Process.Id;

        public void Dispose()
        {
            Process.Kill();
            Process.Dispose();
        }
    }

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
