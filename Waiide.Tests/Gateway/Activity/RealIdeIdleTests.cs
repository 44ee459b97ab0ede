using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Activity;

/// <summary>Idle stop with the real IDE in a real browser: what a new version of either says is still understood.</summary>
[Collection("browser")]
public sealed class RealIdeIdleTests(Chromium chromium)
{
    private const string Token = "token-of-the-idle-tests";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    [SkippableFact]
    public async Task A_tab_is_used_while_somebody_types_and_is_forgotten_when_nobody_does()
    {
        await using var gateway = await Gateway.StartAsync("input+cpu");
        var workbench = await gateway.OpenAsync(chromium);
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
        await using var gateway = await Gateway.StartAsync("input+cpu");
        var workbench = await gateway.OpenAsync(chromium);
        await workbench.OpenTerminal();
        var (started, enough) = (gateway.File("started"), gateway.File("enough"));
        await workbench.RunInTerminal($"(while [ ! -e '{enough}' ]; do :; done) & echo yes", started);
        await workbench.Page.CloseAsync();
        var clock = Stopwatch.StartNew();
        await Eventually.Is(() => gateway.Process.HasExited || clock.Elapsed > 3 * Limit, "three times the limit has passed", 4 * Limit);
        Assert.False(gateway.Process.HasExited, gateway.Process.Output);

        await System.IO.File.WriteAllTextAsync(enough, "");
        Assert.Equal(0, await gateway.Process.WaitForExit(TimeSpan.FromMinutes(1)));
    }

    /// <summary>A gateway with an IDE of its own.</summary>
    private sealed class Gateway : IAsyncDisposable
    {
        private readonly TempDirectory _workspace = new();
        private readonly TempDirectory _data = new();
        private readonly int _port = Ports.Free();

        public ChildProcess Process { get; private set; } = null!;

        public static async Task<Gateway> StartAsync(string policy)
        {
            Prerequisites.Need("node", "npm", "chromium", "setsid");
            var gateway = new Gateway();
            await System.IO.File.WriteAllTextAsync(gateway.File("letter.txt"), "");
            gateway.Process = ChildProcess.StartDotnet("Waiide.Gateway.dll", new Dictionary<string, string>
            {
                ["PORT"] = gateway._port.ToString(CultureInfo.InvariantCulture),
                ["WAIIDE_TOKEN"] = Token,
                ["WAIIDE_WORKSPACE"] = gateway._workspace.Path,
                ["WAIIDE_DATA_DIR"] = gateway._data.Path,
                ["WAIIDE_IDE_COMMAND"] = Path.Combine(Repository.Root, "ide", "code-server"),
                ["WAIIDE_ACTIVITY"] = policy,
                ["WAIIDE_IDLE_TIMEOUT"] = $"{Limit.TotalSeconds}s",
            });
            await gateway.Process.WaitForOutput("The IDE can be used.", TimeSpan.FromMinutes(5));
            return gateway;
        }

        public string File(string name) => Path.Combine(_workspace.Path, name);

        public async Task<Workbench> OpenAsync(Chromium chromium)
        {
            var page = await chromium.NewPageAsync();
            using var stays = new Timer(_ => _ = KeepAsync(), null, TimeSpan.Zero, TimeSpan.FromSeconds(2)); // However long a busy machine takes to draw the workbench.
            await page.GotoAsync($"http://localhost:{_port}/login?token={Token}");
            var workbench = new Workbench(page);
            await workbench.IsOpen();
            return workbench;
        }

        public async ValueTask DisposeAsync()
        {
            await Process.DisposeAsync();
            _workspace.Dispose();
            _data.Dispose();
        }

        private async Task KeepAsync()
        {
            using var client = new HttpClient();
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("token", Token);
            using var answer = await client.PostAsync(new Uri($"http://localhost:{_port}/api/activity"), null);
        }
    }
}
