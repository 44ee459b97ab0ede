using System.Diagnostics;
using System.Text.RegularExpressions;
using Waiide.Tests.Support;

namespace Waiide.Tests.Bench;

/// <summary>That everything is measured, and never how fast it is: figures are for a quiet machine.</summary>
public sealed partial class QuickRunTests
{
    [SkippableFact]
    public async Task A_quick_run_of_all_parts_has_a_figure_for_every_goal()
    {
        Prerequisites.Need("python3", "wrk", "nginx", "node", "npm", "jupyterhub", "chromium");

        await using var run = ChildProcess.Start(new ProcessStartInfo(Path.Combine(Repository.Root, "bench", "run"), ["--quick", "--built", Repository.Configuration])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });
        var code = await run.WaitForExit(TimeSpan.FromMinutes(10)); // A minute alone, and other tests run beside it.

        Assert.True(code == 0, $"bench/run --quick ended with {code}. It printed:\n{run.Output}");
        var rows = run.Output.Split('\n').SkipWhile(line => !line.StartsWith("| what | Waiide | must |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|')).ToList();
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Matches(Figure(), row.Split('|')[2]));
    }

    // " 13,412 req/s ", " 0.56 (0.55 to 0.78) µs "
    [GeneratedRegex(@"^ [\d,.]+( \([\d,.]+ to [\d,.]+\))? \S+ $")]
    private static partial Regex Figure();
}
