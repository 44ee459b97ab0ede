using System.Diagnostics;

namespace Waiide.Tests.Conformance;

/// <summary>One exchange, how our hub's answer to it differs, and how long it took with what was done before it, which tells one that came too soon or too late from one that is wrong.</summary>
internal sealed record Result(Exchange Exchange, IReadOnlyList<Difference> Differences, TimeSpan Took)
{
    public bool Matches => Differences.Count == 0;
}

/// <summary>Replays recorded requests against our hub in the profile of their version.</summary>
internal static class Replay
{
    /// <summary>Replays every episode of a version at the same time, each against a hub of its own; the results are in the order of the recordings.</summary>
    public static async Task<IReadOnlyList<Result>> AllAsync(string profile, Func<string, Patience, Task<LabHub>> hub) =>
        [.. (await Task.WhenAll(Episode.All.Where(episode => episode.Profile == profile).Select(episode => EpisodeAsync(episode, hub)))).SelectMany(results => results)];

    private static async Task<IReadOnlyList<Result>> EpisodeAsync(Episode episode, Func<string, Patience, Task<LabHub>> start)
    {
        await using var hub = await start(episode.Profile, episode.Patience);
        var lab = new Lab(hub, episode.Profile);
        var results = new List<Result>();
        foreach (var exchange in episode.Exchanges)
        {
            var differences = new List<Difference>();
            var clock = Stopwatch.StartNew();
            if (episode.Before.TryGetValue(exchange.Number, out var before))
            {
                await NoteAsync("what was done before", differences, () => before(lab, exchange));
            }

            if (exchange.AnsweredBy == AnsweredBy.SingleUser)
            {
                if (differences.Count > 0)
                {
                    results.Add(new Result(exchange, differences, clock.Elapsed)); // What a server was to do at the hub failed there.
                }

                continue;
            }

            await NoteAsync("answer", differences, async () => differences.AddRange(Comparison.Between(exchange.Name, exchange.Answer, await lab.ReplayAsync(exchange), lab.Words)));
            results.Add(new Result(exchange, differences, clock.Elapsed));
        }

        return results;
    }

    // A step that fails is a difference of the exchange that it was for, and the rest goes on.
    private static async Task NoteAsync(string field, List<Difference> differences, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception failure) when (failure is InvalidOperationException or IOException or OperationCanceledException or System.Net.Sockets.SocketException or Xunit.Sdk.XunitException)
        {
            differences.Add(new Difference(field, "works", failure is OperationCanceledException ? "nothing in time" : failure.Message.ReplaceLineEndings(" ")));
        }
    }
}
