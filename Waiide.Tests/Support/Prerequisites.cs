using System.Collections.Concurrent;
using System.Diagnostics;

namespace Waiide.Tests.Support;

/// <summary>
/// What a test needs on the machine. Call <see cref="Need"/> first in a [SkippableFact] or [SkippableTheory]: without the tool the test is skipped with a
/// sentence that says what to install, or fails with it where WAIIDE_TEST_REQUIRE_ALL=1 (./test --install, .ci/run).
/// </summary>
internal static class Prerequisites
{
    private static readonly Dictionary<string, Tool> Table = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Support", "Prerequisites.txt"))
        .Where(line => !line.StartsWith('#'))
        .Select(line => line.Split('|', 4, StringSplitOptions.TrimEntries))
        .ToDictionary(cells => cells[0], cells => new Tool(cells[0], cells[1], cells[2], cells[3]));

    private static readonly ConcurrentDictionary<string, bool> Known = new();

    /// <summary>Goes on only where every one of <paramref name="tools"/> (names in Prerequisites.txt) is there.</summary>
    public static void Need(params string[] tools)
    {
        foreach (var tool in tools.Select(name => Table[name]))
        {
            if (Known.GetOrAdd(tool.Name, _ => IsThere(tool)))
            {
                continue;
            }

            var sentence = $"{tool.Name} is missing, so this is not tested: {tool.Untested}. Run './test --install' or 'apt-get install {tool.Package}'.";
            Assert.False(Environment.GetEnvironmentVariable("WAIIDE_TEST_REQUIRE_ALL") == "1", sentence);
            Skip.If(true, sentence);
        }
    }

    private static bool IsThere(Tool tool)
    {
        using var probe = Process.Start(new ProcessStartInfo("sh", ["-c", $"{{ {tool.Probe}; }} > /dev/null 2>&1"]))!;
        probe.WaitForExit();
        return probe.ExitCode == 0;
    }

    private sealed record Tool(string Name, string Probe, string Package, string Untested);
}
