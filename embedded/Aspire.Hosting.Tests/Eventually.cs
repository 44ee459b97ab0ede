using System.Diagnostics;

namespace Aspire.Hosting.Tests;

/// <summary>Waits for a condition with a limit and a reason; the only way that tests here wait.</summary>
internal static class Eventually
{
    public static async Task Is(Func<bool> condition, string reason, int seconds = 20)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed.TotalSeconds < seconds, $"Not within {seconds} s: {reason}");
            await Task.Delay(20);
        }
    }
}
