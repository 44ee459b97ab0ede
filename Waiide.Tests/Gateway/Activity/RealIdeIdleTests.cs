using System.Diagnostics;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Activity;

/// <summary>Idle stop with the real IDE in a real browser: what a new version of either says is still understood.</summary>
public sealed class RealIdeIdleTests(Chromium chromium) : BrowserTests(chromium)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [SkippableFact]
    public async Task A_tab_is_used_while_somebody_types_and_is_forgotten_when_nobody_does()
    {
        await using var gateway = await GatewayAsync();
        var workbench = await OpenAsync(gateway);
        await workbench.OpenFile("letter.txt");
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < 2 * Limit)
        {
            await workbench.TypeInEditor("x");
            await workbench.Page.WaitForTimeoutAsync(1000);
        }

        Assert.False(gateway.Process.HasExited);

        // VS Code itself waits for 40 to 70 s before it calls a window left.
        Assert.Equal(0, await gateway.Process.WaitForExit(TimeSpan.FromMinutes(3)));
        Assert.Contains("Nobody has used this server for 00:00:15", gateway.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("is not understood", gateway.Process.Output, StringComparison.Ordinal);
        Assert.InRange(clock.Elapsed, 3 * Limit, TimeSpan.FromMinutes(3));
    }

    [SkippableFact]
    public async Task A_computation_in_a_terminal_keeps_the_server_though_its_tab_is_closed()
    {
        await using var gateway = await GatewayAsync();
        var workbench = await OpenAsync(gateway);
        await workbench.OpenTerminal();
        var (started, enough) = (gateway.FileOf("started"), gateway.FileOf("enough"));
        // A third of a processor: enough to count, and the rest is for other tests.
        await workbench.RunInTerminal($"(while [ ! -e '{enough}' ]; do n=0; while [ $n -lt 50000 ]; do n=$((n+1)); done; sleep 0.2; done) & echo yes", started);
        await workbench.Page.CloseAsync();
        var clock = Stopwatch.StartNew();
        await Eventually.Is(() => gateway.Process.HasExited || clock.Elapsed > 3 * Limit, "three times the limit has passed", 4 * Limit);
        Assert.False(gateway.Process.HasExited, gateway.Process.Output);

        await File.WriteAllTextAsync(enough, "");
        Assert.Equal(0, await gateway.Process.WaitForExit(TimeSpan.FromMinutes(1)));
    }

    private static async Task<GatewayWithIde> GatewayAsync()
    {
        var gateway = await GatewayWithIde.StartAsync(("WAIIDE_ACTIVITY", "input+cpu"), ("WAIIDE_IDLE_TIMEOUT", $"{Limit.TotalSeconds}s"));
        await File.WriteAllTextAsync(gateway.FileOf("letter.txt"), "");
        return gateway;
    }

    // However long a busy machine takes to draw the workbench.
    private async Task<Workbench> OpenAsync(GatewayWithIde gateway)
    {
        using var program = gateway.Program();
        using var stays = new Timer(_ => _ = program.PostAsync("api/activity", null), null, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        return await gateway.OpenAsync(Chromium);
    }
}
