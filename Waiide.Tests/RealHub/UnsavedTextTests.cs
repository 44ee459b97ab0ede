using System.Diagnostics;
using System.Globalization;
using System.Net;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.RealHub;

/// <summary>
/// "Never lose my work": whatever ends, what was typed and not saved is in the editor again, and still not saved. In browsers VS Code saves by itself a second after the last key; here that
/// is turned off, so that nothing but its backups can bring the text back. Each test has a folder and words of its own.
/// </summary>
public sealed class UnsavedTextTests(PlainHub hub, Chromium chromium) : BrowserTests(chromium), IClassFixture<PlainHub>
{
    private const string Writer = "writer";
    private const string Letter = "letter.txt";

    // VS Code says after 60 s without a key or a click that nobody is there; only then this begins. It has to do for opening the page, too.
    private const string IdleTimeout = "20s";

    // The parts of VS Code that nobody waits for then do not come: as on a machine that has been busy since the page was opened. Without them it says nothing of a connection that is lost for good.
    private const string NothingIsIdleUntilAReload = """
        if (!sessionStorage.reloads) { window.requestIdleCallback = () => 0; }
        """;

    // The hub looks every 30 s whether its servers still run.
    private static readonly TimeSpan UntilTheHubNotices = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public Task It_is_there_after_kills_of_the_IDE_and_presses_of_the_bars_Reload_and_of_VS_Codes() => hub.Test(async () =>
    {
        var workbench = await Open(Writer, "ide", NothingIsIdleUntilAReload);
        var reloadOfVsCode = workbench.Page.GetByRole(AriaRole.Button, new() { Name = "Reload Window" });
        await Type(workbench, Writer, "beforeidekill");
        var before = TurnedAway();
        KillIde();

        // Though VS Code has come back meanwhile, to an IDE that does not know it.
        await Eventually.Is(() => TurnedAway() > before, "VS Code is turned away");
        await Expect(Bar(workbench)).ToContainTextAsync("the IDE server's process ended with exit code 137");
        Assert.False(await workbench.HasAllParts() || await reloadOfVsCode.IsVisibleAsync());
        await workbench.Page.EvaluateAsync("() => { sessionStorage.reloads = 'yes'; }");
        await Bar(workbench).GetByRole(AriaRole.Button, new() { Name = "Reload" }).ClickAsync();
        await IsThere(workbench, Writer, "ide", "beforeidekill", closes: false);

        await Type(workbench, Writer, "andanother");
        await Eventually.Is(workbench.HasAllParts, "VS Code has made all its parts");
        KillIde();

        await reloadOfVsCode.ClickAsync();
        await IsThere(workbench, Writer, "ide", "andanother");

        int TurnedAway() => hub.ServerLogOf(Writer).Split(", turned_away: ").Length;
    });

    [SkippableFact]
    public Task It_is_there_after_a_kill_of_the_gateway_though_the_hub_takes_a_while_to_notice() => hub.Test(async () =>
    {
        var workbench = await Open(Writer, "gateway");
        await Type(workbench, Writer, "beforegatewaykill");

        Kill(await hub.Api.ProcessOf(Writer));
        await StartAgain(workbench, comesBackToTheTab: true);

        await IsThere(workbench, Writer, "gateway", "beforegatewaykill");
    });

    [SkippableFact]
    public Task It_is_there_after_a_kill_of_the_hub_and_typing_went_on_without_it() => hub.Test(async () =>
    {
        var workbench = await Open(Writer, "hub");
        await Type(workbench, Writer, "beforehubkill");

        hub.Hub!.Signal("KILL");
        await hub.Hub.WaitForExit();
        await Type(workbench, Writer, "withouthub");
        await hub.IsRunning();

        await workbench.Page.ReloadAsync();
        await IsThere(workbench, Writer, "hub", "withouthub");
    });

    [SkippableFact]
    public Task It_is_there_after_a_kill_of_the_front_proxy_with_what_was_typed_meanwhile() => hub.Test(async () =>
    {
        var workbench = await Open(Writer, "front");
        await Type(workbench, Writer, "beforefrontkill");

        hub.Proxy!.Signal("KILL");
        await hub.Proxy.WaitForExit();
        await workbench.TypeInEditor("withoutfront");
        await hub.IsRunning();

        // Nobody touches the page: VS Code connects again and goes on where it was.
        await IsKept(Writer, "withoutfront", TimeSpan.FromSeconds(60));
        await workbench.Page.ReloadAsync();
        await IsThere(workbench, Writer, "front", "withoutfront");
    });

    [SkippableFact]
    public Task It_is_there_after_a_stop_by_the_hub_and_in_another_browser_too() => hub.Test(async () =>
    {
        var workbench = await Open(Writer, "stop");
        await Type(workbench, Writer, "beforehubstop");

        Assert.Equal(HttpStatusCode.NoContent, await hub.Api.StopServer(Writer));
        await workbench.TypeInEditor("toolate");

        // What came later is in this page only, and the browser asks before it leaves it.
        var question = new TaskCompletionSource<string>();
        async void Stay(object? sender, IDialog dialog)
        {
            await dialog.DismissAsync();
            question.TrySetResult(dialog.Type);
        }

        workbench.Page.Dialog += Stay;
        await StartAgain(workbench, comesBackToTheTab: true);
        Assert.Equal(DialogType.BeforeUnload, await question.Task.WaitAsync(TimeSpan.FromSeconds(20)));
        await workbench.HasUnsaved(Letter, "toolate");
        workbench.Page.Dialog -= Stay;

        workbench.Page.Dialog += async (_, dialog) => await dialog.AcceptAsync();
        await StartAgain(workbench);
        await IsThere(workbench, Writer, "stop", "beforehubstop", closes: false);
        await IsThere(await Open(Writer, "stop"), Writer, "stop", "beforehubstop");
    });

    [SkippableFact]
    public Task It_is_there_after_an_idle_stop() => hub.Test(async () =>
    {
        await hub.Api.StartServer("idler", withStub: false, idleTimeout: IdleTimeout);
        var workbench = await Open("idler", "idle");
        await Type(workbench, "idler", "beforeidlestop");

        await Expect(Bar(workbench)).ToContainTextAsync("Your files and unsaved editors are kept", new() { Timeout = 180_000 }); // 80 s of not being used, then the hub and the page notice.
        await StartAgain(workbench);

        await IsThere(workbench, "idler", "idle", "beforeidlestop");
    });

    private void KillIde()
    {
        foreach (var process in Processes.With("HOME=" + hub.HomeOf(Writer)).Where(process => process.CommandLine.Contains("user-data", StringComparison.Ordinal)))
        {
            Kill(process.Id);
        }
    }

    private async Task<Workbench> Open(string user, string folder, string? script = null)
    {
        await hub.Api.StartServer(user, withStub: false);
        var path = FolderOf(user, folder);
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(Path.Combine(path, ".vscode"));
            await File.WriteAllTextAsync(Path.Combine(path, ".vscode", "settings.json"), """{ "files.autoSave": "off" }""");
            await File.WriteAllTextAsync(Path.Combine(path, Letter), "saved");
        }

        var page = await Chromium.NewPageAsync();
        if (script is not null)
        {
            await page.AddInitScriptAsync(script);
        }

        await page.GotoAsync(new Uri(hub.Front, $"/user/{user}/?folder={Uri.EscapeDataString(path)}").AbsoluteUri);
        await HubPages.SignIn(page, user);
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        return workbench;
    }

    private async Task Type(Workbench workbench, string user, string word)
    {
        await workbench.OpenFile(Letter);
        await workbench.TypeInEditor(word);
        await workbench.Page.EvaluateAsync("() => { window.itWasTypedHere = true; }");
        await IsKept(user, word);
    }

    // VS Code writes its backups a second after the last key, as files beside its settings.
    private Task IsKept(string user, string word, TimeSpan? limit = null) => Eventually.Is(
        () => Directory.EnumerateDirectories(Path.Combine(hub.HomeOf(user), ".local", "share", "waiide"))
            .Select(data => Path.Combine(data, "user-data", "User", "Backups"))
            .Where(Directory.Exists)
            .SelectMany(backups => Directory.EnumerateFiles(backups, "*", SearchOption.AllDirectories))
            .Any(file => File.ReadAllText(file).Contains(word, StringComparison.Ordinal)),
        $"VS Code keeps '{word}'",
        limit);

    /// <summary>Presses the bar's "Start it again", whether the hub has noticed the end already or not.</summary>
    private static async Task StartAgain(Workbench workbench, bool comesBackToTheTab = false)
    {
        var press = Bar(workbench).GetByText("Start it again");
        if (comesBackToTheTab)
        {
            // The bar then looks at once, instead of within 20 s.
            await Eventually.Is(
                async () =>
                {
                    await workbench.Page.EvaluateAsync("() => { document.dispatchEvent(new Event('visibilitychange')); return new Promise(done => setTimeout(done, 500)); }");
                    return await press.CountAsync() > 0;
                },
                "the bar offers to start the server again",
                UntilTheHubNotices);
        }

        await press.ClickAsync();
    }

    private async Task IsThere(Workbench workbench, string user, string folder, string word, bool closes = true)
    {
        await Eventually.Is(() => IsAnotherPage(workbench.Page), "the page that it was typed into has gone", UntilTheHubNotices);
        await workbench.IsOpen();
        await workbench.HasUnsaved(Letter, word);
        Assert.Equal("saved", await File.ReadAllTextAsync(Path.Combine(FolderOf(user, folder), Letter)));
        if (closes)
        {
            await workbench.Page.Context.CloseAsync();
        }
    }

    private static async Task<bool> IsAnotherPage(IPage page)
    {
        try
        {
            return await page.EvaluateAsync<bool>("() => window.itWasTypedHere === undefined");
        }
        catch (PlaywrightException)
        {
            return false; // It is about to be.
        }
    }

    private string FolderOf(string user, string name) => Path.Combine(hub.HomeOf(user), name);

    private static ILocator Bar(Workbench workbench) => workbench.Page.Locator("#waiide-notices");

    private static void Kill(int process) => Process.Start("kill", ["-KILL", process.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
}
