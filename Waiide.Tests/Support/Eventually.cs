using System.Diagnostics;

namespace Waiide.Tests.Support;

/// <summary>Waits for a condition with a limit and a reason; the only way that tests here wait.</summary>
internal static class Eventually
{
    /// <summary>Asks <paramref name="condition"/> until it is true; fails with <paramref name="reason"/> once <paramref name="limit"/> (60 s by default: a limit is for what never comes, not for a machine that is busy) has passed.</summary>
    public static Task Is(Func<bool> condition, string reason, TimeSpan? limit = null) => Is(() => Task.FromResult(condition()), reason, limit);

    /// <inheritdoc cref="Is(Func{bool}, string, TimeSpan?)"/>
    public static async Task Is(Func<Task<bool>> condition, string reason, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        var allowed = limit ?? TimeSpan.FromSeconds(60);
        while (!await condition())
        {
            if (clock.Elapsed > allowed)
            {
                Assert.Fail($"Not within {allowed.TotalSeconds:0.#} s: {reason}");
            }

            await Task.Delay(50);
        }
    }
}
