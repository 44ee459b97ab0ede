using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Waiide.Tests.Gateway.Ide;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Gateway.Edge;

/// <summary>The gateway's own pages in a browser: each says its thing, asks nobody else, and can be read by everybody.</summary>
public sealed class PageTests(Chromium chromium) : BrowserTests(chromium)
{
    private const string Prefix = "/user/ada/ada-waiide-abc123/";

    private readonly ConcurrentQueue<string> _complaints = new();

    [SkippableFact]
    public async Task Login_signed_out_and_nothing_here()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("JUPYTERHUB_SERVICE_PREFIX", Prefix), ("JUPYTERHUB_USER", "ada"));
        var page = await Watched(gateway);

        await page.GotoAsync(gateway.Url + Prefix[1..]);
        await Expect(page.GetByLabel("Token")).ToBeFocusedAsync();
        await IsInOrder(page, "Sign in");
        await page.GetByLabel("Token").FillAsync("wrong");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("This is not the token of this server.");
        await IsInOrder(page, "Sign in");

        await page.GotoAsync(gateway.Url + Prefix[1..] + "logout");
        await IsInOrder(page, "You are signed out");
        await page.GetByRole(AriaRole.Link, new() { Name = "Sign in again" }).ClickAsync();
        await IsInOrder(page, "Sign in");

        await page.GotoAsync(gateway.Url + "elsewhere/%3Cb%3E");
        await IsInOrder(page, "There is nothing here");
        await page.GetByRole(AriaRole.Link, new() { Name = "Open it there" }).ClickAsync();
        await IsInOrder(page, "Sign in");
    }

    [SkippableFact]
    public async Task Forbidden()
    {
        var hub = await StubHub.StartAsync();
        hub.Users["bob"] = [];
        await using var gateway = await RunningGateway.StartAsync(hub);
        var page = await Watched(gateway);
        await page.SetExtraHTTPHeadersAsync(new Dictionary<string, string> { ["Authorization"] = "token " + hub.TokenOf("bob") });

        await page.GotoAsync(gateway.Url + "user/ada/");

        await Expect(page.GetByText("You are signed in as bob, who may not use this server.")).ToBeVisibleAsync();
        await IsInOrder(page, "Not your server");
        await Expect(page.GetByRole(AriaRole.Link)).ToHaveAttributeAsync("href", "/user/ada/logout");
    }

    [SkippableFact]
    public async Task Starting_until_it_has_started()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        gateway.Ide.When("/", Document);
        gateway.Ide.Healthy = false;
        await gateway.RestartWithoutWaitingAsync();
        var page = await Watched(gateway);

        await page.GotoAsync(gateway.Url + "login?token=" + RunningGateway.Token);

        await IsInOrder(page, "VS Code is starting");
        await Expect(page.GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Listitem)).ToHaveCountAsync(3);
        await page.EmulateMediaAsync(new() { ReducedMotion = ReducedMotion.Reduce });
        await Expect(page.GetByRole(AriaRole.Progressbar)).ToBeHiddenAsync();

        gateway.Ide.Healthy = true;
        await Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("The workbench");
    }

    [SkippableFact]
    public async Task Failed_where_somebody_else_runs_the_IDE_has_no_button()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        var page = await Watched(gateway);
        gateway.Ide.Healthy = false;
        using var browser = gateway.Browser();
        await Eventually.Is(async () => !(await browser.SendAsync(HttpMethod.Get, "/health")).IsSuccessStatusCode, "the gateway misses the IDE");

        await page.GotoAsync(gateway.Url + "login?token=" + RunningGateway.Token);

        await IsInOrder(page, "VS Code is not running");
        await Expect(page.GetByRole(AriaRole.Button)).ToHaveCountAsync(0);
        await Expect(page.GetByText("whoever runs it can start it again")).ToBeVisibleAsync();
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Failed_says_why_and_starts_it_again_with_scripts_and_without(bool scripts)
    {
        Prerequisites.Need("node", "setsid");
        using var home = new TempDirectory();
        var stub = new StubCodeServer(home.Path, home.Path);
        await using var gateway = await RunningGateway.StandaloneAsync(
            ("WAIIDE_IDE_URL", ""), ("WAIIDE_IDE_COMMAND", stub.Program), ("WAIIDE_DATA_DIR", home.Path), ("WAIIDE_WORKSPACE", home.Path));
        var good = await File.ReadAllTextAsync(stub.Program);
        await File.WriteAllTextAsync(stub.Program, "#!/bin/sh\necho 'this <b>will</b> not do'\nexit 3\n");
        StubCodeServer.Kill((await stub.Run()).Pid);

        // At the sixth attempt or so the pause is long enough for the button to be what brings it back.
        await gateway.Process.WaitForOutput("It starts again in 16 s", TimeSpan.FromSeconds(60));
        var page = await Watched(gateway, scripts);
        await page.GotoAsync(gateway.Url + "login?token=" + RunningGateway.Token);
        await Expect(page.GetByText("ended with exit code 3")).ToBeVisibleAsync();
        await Expect(page.GetByText("this <b>will</b> not do").First).ToBeVisibleAsync();
        await IsInOrder(page, "VS Code is not running", scripts);
        await Expect(page.Locator("#next")).ToHaveTextAsync(new Regex("^1?[0-9] s$"));
        if (scripts)
        {
            await page.EvaluateAsync("() => { document.seen = new Set(); new MutationObserver(() => document.seen.add(document.getElementById('next').textContent)).observe(document.getElementById('next'), { childList: true }); }");
            await Eventually.Is(async () => await page.EvaluateAsync<int>("() => document.seen.size") >= 2, "it counts down to the next attempt");
        }

        await File.WriteAllTextAsync(stub.Program, good);
        var starts = stub.Starts.Length;

        await page.GetByRole(AriaRole.Button, new() { Name = "Start it again" }).ClickAsync();

        await Eventually.Is(() => stub.Starts.Length > starts, "the button starts it, long before its own next attempt", TimeSpan.FromSeconds(10));
        await Expect(page.Locator("body")).ToHaveTextAsync("/"); // What the stub shows.
    }

    [SkippableFact]
    public async Task Starting_says_what_the_IDE_printed_last()
    {
        Prerequisites.Need("setsid");
        using var home = new TempDirectory();
        var program = Path.Combine(home.Path, "code-server");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho 'ide: downloading'\necho '34 % of 180 MB'\nexec sleep 100\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await using var gateway = await RunningGateway.WithoutIdeAsync(null, ("WAIIDE_IDE_COMMAND", program), ("WAIIDE_DATA_DIR", Path.Combine(home.Path, "data")), ("WAIIDE_WORKSPACE", home.Path));
        var page = await Watched(gateway);

        await page.GotoAsync(gateway.Url + "login?token=" + RunningGateway.Token);

        await Expect(page.Locator("#detail")).ToHaveTextAsync("34 % of 180 MB");
        await Expect(page.GetByText("ide: downloading")).ToBeVisibleAsync();
        await IsInOrder(page, "VS Code is starting");
    }

    [SkippableFact]
    public async Task Not_reachable_here_leads_back_to_VS_Code()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        gateway.Ide.When("/", Document);
        var page = await Watched(gateway);
        await page.GotoAsync(gateway.Url + "login?token=" + RunningGateway.Token);

        await page.GotoAsync(gateway.Url + "proxy/nowhere/");

        await IsInOrder(page, "Not reachable here");
        await page.GetByRole(AriaRole.Link, new() { Name = "Open VS Code" }).ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading)).ToHaveTextAsync("The workbench");
    }

    [SkippableFact]
    public async Task The_link_that_the_form_makes_says_only_what_was_filled_in()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        var page = await Watched(gateway);
        await page.GotoAsync(gateway.Url + "login?token=" + RunningGateway.Token);
        await page.GotoAsync(gateway.Url + "open");
        await IsInOrder(page, "Open a repository or a file");

        await page.GetByLabel("File or folder").FillAsync("/elsewhere/../x");
        await page.GetByRole(AriaRole.Button, new() { Name = "Make the link" }).ClickAsync();

        await Expect(page).ToHaveURLAsync(gateway.Url + "open?path=%2Felsewhere%2F..%2Fx");
    }

    private static Task Document(Microsoft.AspNetCore.Http.HttpContext context)
    {
        context.Response.ContentType = "text/html";
        return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "<!DOCTYPE html><html><head></head><body><h1>The workbench</h1></body></html>");
    }

    /// <summary>A page that tells when the browser complains, or asks anybody but the gateway.</summary>
    private async Task<IPage> Watched(RunningGateway gateway, bool scripts = true)
    {
        var page = await Chromium.NewPageAsync(scripts);
        page.Console += (_, message) =>
        {
            // That a page itself is a 401, 403 or 404 is what it is about.
            if (message.Type is "error" or "warning" && !message.Text.Contains("responded with a status of 40", StringComparison.Ordinal))
            {
                _complaints.Enqueue($"The console says: {message.Text}");
            }
        };
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(gateway.Url.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                _complaints.Enqueue($"It asks for {request.Url}");
            }
        };
        return page;
    }

    private async Task IsInOrder(IPage page, string title, bool scripts = true)
    {
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(title);
        await Expect(page).ToHaveTitleAsync(title + " · Waiide");
        Assert.Empty(_complaints);
        if (scripts)
        {
            await Readable.IsAsync(page);
        }
    }
}
