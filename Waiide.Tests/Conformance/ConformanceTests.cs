using Waiide.Tests.Support;

namespace Waiide.Tests.Conformance;

/// <summary>Our hub answers what real hubs answered when they were asked the same.</summary>
public sealed class ConformanceTests(Replayed replayed) : IClassFixture<Replayed>
{
    public static TheoryData<string, string> Names()
    {
        var names = new TheoryData<string, string>();
        foreach (var exchange in new[] { "3.0", "5.5" }.SelectMany(Exchange.Recorded).Where(exchange => exchange.AnsweredBy != AnsweredBy.SingleUser))
        {
            names.Add(exchange.Profile, exchange.Name);
        }

        return names;
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task The_hub_answers_as_recorded(string profile, string name)
    {
        Prerequisites.Need("node");
        var result = (await replayed.AllAsync()).Single(result => result.Exchange.Profile == profile && result.Exchange.Name == name);

        var differences = result.Differences.Select(difference => $"{difference.Field}\n  recorded {difference.Recorded}\n  given    {difference.Given}");
        Assert.True(result.Matches, string.Join('\n', [$"After {result.Took.TotalSeconds:0.0} s", .. differences]));
    }

    /// <summary>The runner does what was done when the recordings were made: the real hub, asked by it, answers as it did then.</summary>
    [SkippableFact]
    public async Task The_real_hub_of_this_machine_matches_its_own_recordings()
    {
        Prerequisites.Need("jupyterhub", "node", "npm");

        var results = await Replay.AllAsync("3.0", LabHub.RealAsync);

        var version = results[0].Differences.FirstOrDefault(difference => difference.Field == "x-jupyterhub-version");
        Skip.If(version is not null, $"JupyterHub {version?.Given} is installed, and the recordings are of {version?.Recorded}.");
        var different = results.Where(result => !result.Matches).Select(result => $"{result.Exchange.Name}: {string.Join("; ", result.Differences)}").ToArray();
        Assert.Empty(different);
    }
}
