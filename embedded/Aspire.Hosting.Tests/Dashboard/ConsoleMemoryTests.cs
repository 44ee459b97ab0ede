using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Tests.Dashboard;

public sealed class ConsoleMemoryTests
{
    [Fact]
    public async Task Of_a_flood_of_long_lines_the_newest_16_MiB_are_kept()
    {
        var logs = new ResourceLoggerService();
        var flood = logs.GetLogger("flood");
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var number = 1; number <= 1_000; number++)
        {
            Print(flood, new string('x', 64_000));
        }

        var kept = (await logs.GetAllAsync("flood").ToArrayAsync())[0];
        Assert.InRange(kept.Count, 100, 16 * 1024 * 1024 / 128_000);
        Assert.Equal(1_000, kept[^1].LineNumber);
        Assert.Equal(1_000 - kept.Count + 1, kept[0].LineNumber);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, 0, 24 * 1024 * 1024);
    }

    [Fact]
    public async Task Of_short_lines_the_newest_10000_are_kept()
    {
        var logs = new ResourceLoggerService();
        var shell = logs.GetLogger("shell");
        // One that is larger than all that may be kept makes room for itself, and then for others.
        Print(shell, new string('x', 10 * 1024 * 1024));
        Assert.Single((await logs.GetAllAsync("shell").ToArrayAsync())[0]);
        for (var number = 2; number <= 25_000; number++)
        {
            Print(shell, $"line {number}.");
        }

        var kept = (await logs.GetAllAsync("shell").ToArrayAsync())[0];
        Assert.Equal(Enumerable.Range(15_001, 10_000), kept.Select(line => line.LineNumber));
        Assert.All(kept, line => Assert.EndsWith($"line {line.LineNumber}.", line.Content, StringComparison.Ordinal));
    }

    private static void Print(ILogger console, string line) => console.Log(LogLevel.Information, default, line, null, (text, _) => text);
}
