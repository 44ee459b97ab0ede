using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>The real IDE within a limit that it has passed already.</summary>
public sealed class MemoryTests(Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task The_extension_host_of_a_browser_that_has_gone_is_ended_and_nobody_elses()
    {
        await using var gateway = await GatewayWithIde.StartAsync(("MEM_LIMIT", "200M"));
        var gone = await gateway.OpenAsync(Chromium);
        await gone.OpenTerminal();
        var shell = int.Parse(await gone.RunInTerminal("echo $$", gateway.FileOf("shell")), CultureInfo.InvariantCulture);
        var stale = Assert.Single(ExtensionHosts(gateway));
        await Crash(gone.Page);
        var here = await gateway.OpenAsync(Chromium);
        await Eventually.Is(() => ExtensionHosts(gateway).Length == 2, "the second browser has an extension host of its own");

        await gateway.Process.WaitForOutput($"Extension host {stale} is ended", TimeSpan.FromSeconds(90));

        await Eventually.Is(() => !ExtensionHosts(gateway).Contains(stale), "it ends");
        Assert.Single(ExtensionHosts(gateway));
        Assert.Contains(Processes.All(), process => process.Id == shell);
        await here.OpenTerminal();
        Assert.Equal("still here", await here.RunInTerminal("echo still here", gateway.FileOf("here")));
        Assert.Equal(1, gateway.Process.Output.Split("is ended: its browser").Length - 1);

        using var program = gateway.Program();
        var memory = JsonNode.Parse(await program.GetStringAsync("api/status"))!["memory"]!;
        Assert.Equal(200L << 20, (long)memory["limit"]!);
        Assert.Equal("MEM_LIMIT", (string)memory["limit_from"]!);
        Assert.True((long)memory["used"]! > 200L << 20);
        Assert.Contains(memory["processes"]!.AsArray(), process => ((string)process!["name"]!).Contains("VS Code extensionHost", StringComparison.Ordinal) && (long)process["memory"]! > 20L << 20);
    }

    // As when a laptop's lid closes for good: VS Code in the page cannot say goodbye.
    private static async Task Crash(IPage page)
    {
        var crashed = new TaskCompletionSource();
        page.Crash += (_, _) => crashed.TrySetResult();
        _ = page.GotoAsync("chrome://crash").ContinueWith(never => _ = never.Exception, TaskScheduler.Default);
        await crashed.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static int[] ExtensionHosts(GatewayWithIde gateway) =>
    [
        .. Processes.With("WAIIDE_RUN=" + File.ReadAllText(Path.Combine(gateway.DataDirectory, "run-mark")))
            .Where(process => process.CommandLine.Contains("--type=extensionHost", StringComparison.Ordinal)).Select(process => process.Id),
    ];
}
