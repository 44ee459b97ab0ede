using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Gateway.Api;

/// <summary>The bar in VS Code's page, in a browser: it says what VS Code does not know, and is in nobody's way.</summary>
public sealed partial class WorkbenchBarTests(Chromium chromium) : BrowserTests(chromium)
{
    private const string Workbench = """
        <!DOCTYPE html><html><head></head><body><div class="monaco-workbench vs-dark"><input aria-label="editor" autofocus></div></body></html>
        """;

    private List<object> _notices = [];

    [SkippableFact]
    public async Task Notices_are_shown_counted_down_closed_and_answered()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        var page = await Open(gateway);
        await page.GetByLabel("editor").FocusAsync();
        var bar = page.GetByRole(AriaRole.Region, new() { Name = "Messages of this server" });
        await Expect(bar.GetByRole(AriaRole.Status)).ToHaveTextAsync("");

        _notices =
        [
            new { id = "idle", text = "It stops soon. <b>", urgent = true, at = (string?)At(125), since = At(0) },
            new { id = "memory", text = "Memory is short.", urgent = false, at = (string?)null, since = At(0) },
        ];
        await Look(page);

        await Expect(bar.GetByRole(AriaRole.Paragraph).First).ToHaveTextAsync(new System.Text.RegularExpressions.Regex(@"^It stops soon\. <b> 2:0\d$"));
        await Expect(bar.GetByRole(AriaRole.Status)).ToHaveTextAsync("It stops soon. <b> Memory is short.");
        await Expect(page.GetByLabel("editor")).ToBeFocusedAsync();
        await Expect(page.Locator("#waiide-notices")).ToHaveClassAsync("dark");

        // Urgent ones stay; closed ones stay closed.
        await Expect(bar.GetByRole(AriaRole.Button)).ToHaveTextAsync(["Keep it running", "Close"]);
        await bar.GetByRole(AriaRole.Button, new() { Name = "Close" }).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByLabel("editor")).ToBeFocusedAsync();
        await Look(page);
        await Expect(bar.GetByRole(AriaRole.Paragraph)).ToHaveCountAsync(1);

        await page.RouteAsync("**/api/activity", route => route.FulfillAsync(new() { Status = 404 }));
        await bar.GetByRole(AriaRole.Button).ClickAsync();
        await Expect(bar.GetByText("Press a key in VS Code instead.")).ToBeVisibleAsync();

        _notices = [];
        await Look(page);
        await Expect(bar.GetByRole(AriaRole.Paragraph)).ToHaveCountAsync(0);
        await Expect(bar.GetByRole(AriaRole.Status)).ToHaveTextAsync("");
    }

    [SkippableFact]
    public async Task Keep_it_running_says_so_to_the_gateway_and_takes_the_notice_away()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        var page = await Open(gateway);
        _notices = [new { id = "idle", text = "It stops soon.", urgent = true, at = (string?)At(60), since = At(0) }];
        await Look(page);
        var kept = new TaskCompletionSource<string>();
        await page.RouteAsync("**/api/activity", route =>
        {
            kept.TrySetResult(route.Request.Method);
            return route.FulfillAsync(new() { Status = 204 });
        });

        await page.GetByRole(AriaRole.Button, new() { Name = "Keep it running" }).ClickAsync();

        Assert.Equal("POST", await kept.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        await Expect(page.GetByText("It stops soon.")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task An_end_of_the_session_is_said_and_leads_to_the_login()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        var page = await Open(gateway, fed: false);
        await page.Context.ClearCookiesAsync();
        await Look(page);

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in again" }).ClickAsync();

        await Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("Sign in");
    }

    [SkippableFact]
    public async Task A_gateway_that_is_gone_is_said_and_taken_back_when_it_is_back()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        var page = await Open(gateway, fed: false);
        gateway.Process.Signal("KILL");
        await gateway.Process.WaitForExit();
        for (var failure = 0; failure < 3; failure++)
        {
            await Look(page);
        }

        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Reload" })).ToBeVisibleAsync();

        await gateway.RestartAsync();
        await Look(page);
        await Expect(page.GetByRole(AriaRole.Button, new() { Name = "Reload" })).ToHaveCountAsync(0);
    }

    [SkippableTheory]
    [InlineData(30, ": this server was stopped because nobody used it for 2 hours. Your files and unsaved editors are kept as they were then.")]
    [InlineData(3600, ": this server has stopped. Your files and unsaved editors are kept as they were then.")]
    public async Task A_stopped_server_is_told_by_the_hubs_answer_and_can_be_started_again(int secondsLeft, string text)
    {
        var hub = await StubHub.StartAsync("ada", "lab");
        await using var gateway = await RunningGateway.StartAsync(hub, ("WAIIDE_IDLE_TIMEOUT", "2h"));
        var page = await Open(gateway, "user/ada/lab/?folder=/w");
        _notices = [new { id = "idle", text = "It stops soon.", urgent = true, at = (string?)At(secondsLeft), since = At(0) }];
        await Look(page);
        await page.UnrouteAsync("**/api/notices");
        await page.RouteAsync("**/api/notices", route => route.FulfillAsync(new() { Status = 424 }));
        await Look(page);

        await Expect(page.GetByText(text).Last).ToBeVisibleAsync();
        await Expect(page.GetByText(text).Last).ToHaveTextAsync(EndedAtATime());
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Start it again" })).ToHaveAttributeAsync("href", "/hub/spawn/ada/lab?next=%2Fuser%2Fada%2Flab%2F%3Ffolder%3D%2Fw");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "Open the hub's page" })).ToHaveAttributeAsync("href", "/hub/home");
    }

    [SkippableFact]
    public async Task A_server_of_whose_end_the_hub_does_not_know_yet_starts_again_as_soon_as_it_does()
    {
        var hub = await StubHub.StartAsync("ada", "lab");
        await using var gateway = await RunningGateway.StartAsync(hub);
        var page = await Open(gateway, "user/ada/lab/");
        await page.RouteAsync("**/hub/spawn/**", route => route.FulfillAsync(new() { Body = "started" }));
        await page.RouteAsync("**/api/notices", route => route.FulfillAsync(new() { Status = 503 })); // The hub's front, in the place of the server.
        for (var failure = 0; failure < 3; failure++)
        {
            await Look(page);
        }

        await page.GetByRole(AriaRole.Button, new() { Name = "Start it again" }).ClickAsync();
        await Expect(page.GetByText("It starts as soon as the hub notices.")).ToBeVisibleAsync();

        await page.RouteAsync("**/api/notices", route => route.FulfillAsync(new() { Status = 424 }));
        await page.EvaluateAsync("() => { document.dispatchEvent(new Event('visibilitychange')); }");
        await Expect(page).ToHaveURLAsync(new Regex(@"/hub/spawn/ada/lab\?next=%2Fuser%2Fada%2Flab%2F$"));
    }

    [SkippableFact]
    public async Task In_the_real_workbench_it_covers_neither_bar_and_typing_goes_on()
    {
        Prerequisites.Need("node", "npm", "chromium", "setsid");
        using var workspace = new TempDirectory();
        await File.WriteAllTextAsync(Path.Combine(workspace.Path, "letter.txt"), "");
        await using var gateway = await RunningGateway.StandaloneAsync(
            ("WAIIDE_IDE_URL", ""), ("WAIIDE_IDE_COMMAND", Path.Combine(Repository.Root, "ide", "code-server")), ("WAIIDE_WORKSPACE", workspace.Path));
        var page = await Chromium.NewPageAsync();
        await Feed(page);
        await page.GotoAsync($"http://localhost:{gateway.Port}/login?token={RunningGateway.Token}");
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        await workbench.OpenFile("letter.txt");
        await workbench.TypeInEditor("Dear ");

        _notices = [new { id = "idle", text = "It stops soon.", urgent = true, at = (string?)At(100), since = At(0) }];
        await Look(page);

        var button = page.GetByRole(AriaRole.Button, new() { Name = "Keep it running" });
        await Expect(button).ToBeVisibleAsync();
        await page.Keyboard.TypeAsync("reader");
        await Eventually.Is(() => File.ReadAllText(Path.Combine(workspace.Path, "letter.txt")) == "Dear reader", "what is typed goes to the editor");
        foreach (var part in new[] { ".part.statusbar", ".part.titlebar" })
        {
            var (bar, own) = ((await page.Locator("#waiide-notices").BoundingBoxAsync())!, (await page.Locator(part).BoundingBoxAsync())!);
            Assert.True(bar.Y >= own.Y + own.Height || bar.Y + bar.Height <= own.Y, $"The bar covers {part}.");
        }
    }

    [SkippableFact]
    public async Task Why_a_connection_ended_is_said_with_the_time_of_the_persons_own_clock_and_the_page_can_be_loaded_again()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        var page = await Open(gateway);
        var ended = DateTimeOffset.UtcNow.AddMinutes(-7);
        _notices = [new { id = "connection", text = "The connection ended: the IDE server's process ended with exit code 1.", urgent = false, at = (string?)null, since = ended.ToString("O", CultureInfo.InvariantCulture) }];
        await Look(page);

        var clock = await page.EvaluateAsync<string>("time => new Date(time).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })", ended.ToString("O", CultureInfo.InvariantCulture));
        await Expect(page.GetByRole(AriaRole.Paragraph)).ToHaveTextAsync($"The connection ended at {clock}: the IDE server's process ended with exit code 1.");

        await page.EvaluateAsync("() => { window.isTheSame = true; }");
        await page.GetByRole(AriaRole.Button, new() { Name = "Reload" }).ClickAsync();
        await page.WaitForFunctionAsync("() => window.isTheSame === undefined");
    }

    [SkippableFact]
    public async Task Of_two_windows_the_one_is_told_whose_connection_was_lost_until_it_is_back()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        gateway.Ide.When("/cuts", async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ReceiveAsync(new byte[10], context.RequestAborted);
            context.Abort();
        });
        var page = await Open(gateway, fed: false);
        var other = await page.Context.NewPageAsync();
        await other.RunAndWaitForResponseAsync(() => other.GotoAsync(gateway.Url.ToString()), answer => answer.Url.EndsWith("/api/notices", StringComparison.Ordinal));
        await Connect(other, "/socket?reconnectionToken=the-others&reconnection=false");
        await Connect(page, "/cuts?reconnectionToken=the-ones&reconnection=false");

        await page.EvaluateAsync("() => socket.send('x')");

        var told = page.GetByRole(AriaRole.Paragraph).GetByText("the IDE server cut it without a close frame.");
        await Eventually.Is(
            async () =>
            {
                await Look(page);
                return await told.CountAsync() == 1;
            },
            "the window is told");
        await Look(other);
        await Expect(other.GetByRole(AriaRole.Paragraph)).ToHaveCountAsync(0);

        await Connect(page, "/socket?reconnectionToken=the-ones&reconnection=false");
        await Look(page);
        await Expect(told).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task In_the_real_workbench_a_window_that_is_closed_is_nothing_to_tell_another()
    {
        await using var gateway = await GatewayWithIde.StartAsync();
        using var program = gateway.Program();
        async Task<int> Count(string which) => JsonNode.Parse(await program.GetStringAsync("api/status"))!["connections"]![which]!.AsArray().Count;
        var stays = (await gateway.OpenAsync(Chromium)).Page;
        var leaves = await stays.Context.NewPageAsync();
        await leaves.GotoAsync(gateway.Url.ToString());
        await new Workbench(leaves).IsOpen();
        await Eventually.Is(async () => await Count("open") == 4, "each window has its two connections", TimeSpan.FromSeconds(60));

        await leaves.GotoAsync("about:blank"); // VS Code hears that it is left, which it would not of CloseAsync.
        await Eventually.Is(async () => await Count("open") == 2 && await Count("ended") >= 2, "those of one have ended"); // And one more, where VS Code was about to connect.

        var asked = await stays.RunAndWaitForRequestAsync(() => Look(stays), request => request.Url.EndsWith("/api/notices", StringComparison.Ordinal));
        Assert.Equal(2, (await asked.HeaderValueAsync("Waiide-Window"))?.Split(',').Length); // VS Code's are seen, and so are told apart.
        await Expect(stays.Locator("#waiide-notices").GetByRole(AriaRole.Paragraph)).ToHaveCountAsync(0);
    }

    private static async Task Connect(IPage page, string target) => await page.EvaluateAsync(
        "target => new Promise((open, fail) => { globalThis.socket = new WebSocket(location.origin.replace('http', 'ws') + target); socket.onopen = () => open(); socket.onerror = fail; })", target);

    [GeneratedRegex(@"^The connection ended at \d\d:\d\d( [AP]M)?: this server ")]
    private static partial Regex EndedAtATime();

    private async Task<IPage> Open(RunningGateway gateway, string target = "", bool fed = true)
    {
        gateway.Ide.When("/", context =>
        {
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync(Workbench);
        });
        var page = await Chromium.NewPageAsync();
        if (fed)
        {
            await Feed(page);
        }

        if (gateway.Hub is { } hub)
        {
            await page.SetExtraHTTPHeadersAsync(new Dictionary<string, string> { ["Authorization"] = "token " + hub.TokenOf("ada") });
        }
        else
        {
            await page.GotoAsync(gateway.Url + "login?token=" + RunningGateway.Token);
        }

        await page.RunAndWaitForResponseAsync(() => page.GotoAsync(gateway.Url + target), answer => answer.Url.EndsWith("/api/notices", StringComparison.Ordinal));
        return page;
    }

    // What other stages will say is said here in their place.
    private async Task Feed(IPage page) => await page.RouteAsync("**/api/notices", route => route.FulfillAsync(new()
    {
        Json = new { notices = _notices },
        Headers = new Dictionary<string, string> { ["Date"] = DateTime.UtcNow.ToString("R", CultureInfo.InvariantCulture) },
    }));

    /// <summary>What a browser says when somebody comes back to the tab; the bar then looks at once.</summary>
    private static async Task Look(IPage page) => await page.EvaluateAsync("() => { document.dispatchEvent(new Event('visibilitychange')); return new Promise(done => setTimeout(done, 500)); }");

    private static string At(int seconds) => DateTimeOffset.UtcNow.AddSeconds(seconds).ToString("O", CultureInfo.InvariantCulture);
}
