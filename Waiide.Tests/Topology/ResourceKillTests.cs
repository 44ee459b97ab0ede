using System.Diagnostics;
using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Playwright;
using Waiide.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Waiide.Tests.Topology;

/// <summary>One process of a running topology is killed while a person has the IDE open.</summary>
[Collection("resource kills")]
public sealed class ResourceKillTests(ResourceKillTests.Booted topology, Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public async Task A_killed_gateway_that_starts_again_finds_the_tab_and_its_terminal_as_they_were()
    {
        await topology.BootAsync();
        var workbench = await OpenIde();
        await workbench.OpenTerminal();
        var shell = await workbench.RunInTerminal("echo $$", topology.FileOf("before-gateway-kill.txt"));

        Kill(topology.ProcessIdOf("gateway"));
        await topology.App.ResourceNotifications.WaitForResourceAsync("gateway", KnownResourceStates.Finished).WaitAsync(TimeSpan.FromSeconds(10));
        await Start("gateway");

        // Nobody touches the page: the workbench reconnects by itself, and the terminal is the one it was.
        Assert.Equal(shell, await workbench.RunInTerminal("echo $$", topology.FileOf("after-gateway-kill.txt")));
    }

    [SkippableFact]
    public async Task A_killed_IDE_leaves_nothing_and_the_page_says_so_until_start_brings_it_back()
    {
        await topology.BootAsync();
        var workbench = await OpenIde();
        await workbench.OpenTerminal();
        await workbench.RunInTerminal("nohup sleep 2000 & echo started", topology.FileOf("started.txt"));
        await Eventually.Is(() => OfTheIde().Any(process => process.CommandLine == "sleep 2000"), "the terminal's job runs");

        Kill(topology.ProcessIdOf("ide"));

        await topology.App.ResourceNotifications.WaitForResourceAsync("ide", KnownResourceStates.Finished).WaitAsync(TimeSpan.FromSeconds(10));
        await Eventually.Is(() => OfTheIde().Count == 0, "nothing of the IDE is left, the terminal's nohup included", TimeSpan.FromSeconds(10));

        var page = await Chromium.NewPageAsync();
        await SignIn(page);
        await Expect(page.GetByText("IDE").First).ToBeVisibleAsync();
        await Expect(page.Locator(".monaco-workbench")).ToHaveCountAsync(0);

        await Start("ide");
        await new Workbench(page).IsOpen();
    }

    /// <summary>code-server and its helpers, by their arguments, and what runs in its terminals, by where it runs.</summary>
    private IReadOnlyList<Processes.Found> OfTheIde() =>
    [
        .. Processes.All().Where(process =>
            process.CommandLine.Contains(Path.Combine(topology.DataDirectory, "user-data"), StringComparison.Ordinal)
            || Processes.FolderOf(process.Id) == topology.Workspace),
    ];

    private async Task<Workbench> OpenIde()
    {
        var page = await Chromium.NewPageAsync();
        await SignIn(page);
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        return workbench;
    }

    private async Task SignIn(IPage page) =>
        await page.GotoAsync(new Uri(topology.App.GetEndpoint("gateway", "http"), $"/login?token={Booted.Token}").AbsoluteUri);

    private async Task Start(string resource)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var result = await topology.App.ResourceCommands.ExecuteCommandAsync(resource, KnownResourceCommands.StartCommand, limit.Token);
        Assert.True(result.Success, result.Message);
        await topology.App.ResourceNotifications.WaitForResourceHealthyAsync(resource, limit.Token);
    }

    private static void Kill(int process) =>
        Process.Start("kill", ["-KILL", process.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();

    /// <summary>A standalone topology that nobody else uses, since its processes are killed.</summary>
    public sealed class Booted() : BootedTopology("--Waiide:Mode=standalone", $"--Parameters:gateway-token={Token}")
    {
        public const string Token = "token-of-the-kill-tests";
    }
}

[CollectionDefinition("resource kills")]
public sealed class ResourceKillCollection : ICollectionFixture<ResourceKillTests.Booted>;
