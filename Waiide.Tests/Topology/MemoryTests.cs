using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>The real IDE within a limit that it has passed already.</summary>
[Collection("browser")]
public sealed class MemoryTests(Chromium chromium)
{
    private const string Token = "token-of-the-memory-test";

    [SkippableFact]
    public async Task The_extension_host_of_a_browser_that_has_gone_is_ended_and_nobody_elses()
    {
        Prerequisites.Need("node", "npm", "chromium", "setsid");
        using var workspace = new TempDirectory();
        using var data = new TempDirectory();
        var port = Ports.Free();
        await using var gateway = ChildProcess.StartDotnet("Waiide.Gateway.dll", new Dictionary<string, string>
        {
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["WAIIDE_TOKEN"] = Token,
            ["WAIIDE_WORKSPACE"] = workspace.Path,
            ["WAIIDE_DATA_DIR"] = data.Path,
            ["WAIIDE_IDE_COMMAND"] = Path.Combine(Repository.Root, "ide", "code-server"),
            ["MEM_LIMIT"] = "200M",
        });
        await gateway.WaitForOutput("The IDE can be used.", TimeSpan.FromMinutes(5));

        var gone = await Open(port);
        await gone.OpenTerminal();
        var shell = int.Parse(await gone.RunInTerminal("echo $$", Path.Combine(workspace.Path, "shell")), CultureInfo.InvariantCulture);
        var stale = Assert.Single(ExtensionHosts(data));
        await Crash(gone.Page);
        var here = await Open(port);
        await Eventually.Is(() => ExtensionHosts(data).Length == 2, "the second browser has an extension host of its own");

        await gateway.WaitForOutput($"Extension host {stale} is ended", TimeSpan.FromSeconds(90));

        await Eventually.Is(() => !ExtensionHosts(data).Contains(stale), "it ends");
        Assert.Single(ExtensionHosts(data));
        Assert.Contains(Processes.All(), process => process.Id == shell);
        await here.OpenTerminal();
        Assert.Equal("still here", await here.RunInTerminal("echo still here", Path.Combine(workspace.Path, "here")));
        Assert.Equal(1, gateway.Output.Split("is ended: its browser").Length - 1);

        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("token", Token);
        var memory = JsonNode.Parse(await http.GetStringAsync(new Uri($"http://localhost:{port}/api/status")))!["memory"]!;
        Assert.Equal(200L << 20, (long)memory["limit"]!);
        Assert.Equal("MEM_LIMIT", (string)memory["limit_from"]!);
        Assert.True((long)memory["used"]! > 200L << 20);
        Assert.Contains(memory["processes"]!.AsArray(), process => ((string)process!["name"]!).Contains("VS Code extensionHost", StringComparison.Ordinal) && (long)process["memory"]! > 20L << 20);
    }

    private async Task<Workbench> Open(int port)
    {
        var page = await chromium.NewPageAsync();
        await page.GotoAsync($"http://localhost:{port}/login?token={Token}");
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        return workbench;
    }

    // As when a laptop's lid closes for good: VS Code in the page cannot say goodbye.
    private static async Task Crash(IPage page)
    {
        var crashed = new TaskCompletionSource();
        page.Crash += (_, _) => crashed.TrySetResult();
        _ = page.GotoAsync("chrome://crash").ContinueWith(never => _ = never.Exception, TaskScheduler.Default);
        await crashed.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static int[] ExtensionHosts(TempDirectory data) =>
    [
        .. Processes.With("WAIIDE_RUN=" + File.ReadAllText(Path.Combine(data.Path, "run-mark")))
            .Where(process => process.CommandLine.Contains("--type=extensionHost", StringComparison.Ordinal)).Select(process => process.Id),
    ];
}
