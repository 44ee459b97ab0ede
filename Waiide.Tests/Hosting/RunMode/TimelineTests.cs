using System.Text.RegularExpressions;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hosting.RunMode;

/// <summary>The resources of the sample go through the states that the real packages showed for them, with the same health, commands, links and relationships.</summary>
public sealed partial class TimelineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(100);

    // In words, and applied to both sides: what is not here must be equal.
    private static readonly (string What, Func<string, string?> Change)[] Differences =
    [
        ("no hidden '<name>-rebuilder' beside a project", line => Rebuilder().IsMatch(line) ? null : line),
        ("no command 'rebuild'", line => Rebuild().Replace(line, "")),
        ("ids of a run", line => Id().Replace(line, "$1 ")),
        ("ports", line => Port().Replace(line, "localhost:0")),
        ("the exit code of what was stopped: the recorded orchestrator killed, ours lets it end", line => Stopped().Replace(line, "$1exit=(stopped)")),
        ("links are active while a resource runs; the recorded orchestrator never told so", line => line.Replace("(inactive)", "", StringComparison.Ordinal)),
        ("the order of a gateway's links, which changed once in the recording", line => Links().Replace(line, match => $"urls=[{string.Join(',', match.Groups[1].Value.Split(',').Order(StringComparer.Ordinal))}]")),
        ("an empty state on the way, which the recording has or has not", line => Empty().IsMatch(line) ? null : line),
    ];

    [SkippableFact]
    public async Task Start_stop_start_and_restart_are_the_recorded_ones()
    {
        Prerequisites.Need("node", "unshare", "ip", "setsid");
        await using var run = SampleRun.Start("Recorder", []);
        Assert.True(await run.Process.WaitForExit(Limit) == 0, run.Process.Output);

        var (recorded, ours) = (Timelines(RecordedRun.States), Timelines(run.Process.Output.Split('\n')));
        Assert.Equal(recorded.Keys.Order(), ours.Keys.Order());
        Assert.All(recorded, resource => Assert.Equal(string.Join('\n', resource.Value), string.Join('\n', ours[resource.Key])));
    }

    [Theory]
    [InlineData("state=Waiting", "state=Starting")]
    [InlineData("health=Unhealthy", "health=Healthy")]
    [InlineData("start:Enabled", "start:Hidden")]
    [InlineData("restart:Disabled", "restart:Hidden")]
    [InlineData("print-token:Enabled", "print-token:Disabled")]
    [InlineData("exit=0", "exit=1")]
    [InlineData(":IDE (direct)", "")]
    [InlineData("/ide/", "/")]
    [InlineData("WaitFor>hub,WaitFor>ide", "WaitFor>ide,WaitFor>hub")]
    [InlineData("Parent>ide", "Parent>hub")]
    [InlineData("type=Container", "type=Executable")]
    public void Another_state_command_link_or_relationship_is_noticed(string there, string other)
    {
        var changed = RecordedRun.States.Select(line => line.Replace(there, other, StringComparison.Ordinal));

        Assert.NotEqual(Timelines(RecordedRun.States).SelectMany(resource => resource.Value), Timelines(changed).SelectMany(resource => resource.Value));
    }

    [Fact]
    public void The_differences_are_eight() => Assert.Equal(8, Differences.Length);

    /// <summary>The changes of each resource, without repetitions, up to the end of the application.</summary>
    private static Dictionary<string, List<string>> Timelines(IEnumerable<string> lines)
    {
        var timelines = new Dictionary<string, List<string>>();
        foreach (var line in lines.TakeWhile(line => !line.Contains(">>> StopAsync", StringComparison.Ordinal)).Where(line => Change().IsMatch(line)))
        {
            if (Differences.Aggregate((string?)Time().Replace(line, ""), (now, difference) => now is null ? null : difference.Change(now)) is not { } change)
            {
                continue;
            }

            var name = change.Split(' ')[0];
            var timeline = timelines.TryGetValue(name, out var known) ? known : timelines[name] = [];
            if (timeline.LastOrDefault() != change)
            {
                timeline.Add(change);
            }
        }

        return timelines;
    }

    [GeneratedRegex(@"^ *\d+ [\w-]+ \[[\w-]+\] type=")]
    private static partial Regex Change();

    [GeneratedRegex(@"^ *\d+ ")]
    private static partial Regex Time();

    [GeneratedRegex(@"^[\w-]+-rebuilder ")]
    private static partial Regex Rebuilder();

    [GeneratedRegex(",rebuild:[A-Za-z]+")]
    private static partial Regex Rebuild();

    [GeneratedRegex(@"^([\w-]+) \[\1(?:-[a-z0-9]{8})?\] ")]
    private static partial Regex Id();

    [GeneratedRegex(@"localhost:\d+")]
    private static partial Regex Port();

    [GeneratedRegex(@"(?<=type=Project )(.*)exit=(?:137|143|0)(?= )")]
    private static partial Regex Stopped();

    [GeneratedRegex(@"urls=\[([^\]]*)\]")]
    private static partial Regex Links();

    [GeneratedRegex(@" state=/ ")]
    private static partial Regex Empty();
}
