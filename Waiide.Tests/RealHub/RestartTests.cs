using Waiide.Tests.Support;

namespace Waiide.Tests.RealHub;

/// <summary>Hub and proxy come and go; the servers and what runs in them stay.</summary>
[Collection(PlainHubCollection.Name)]
public sealed class RestartTests(PlainHub hub, Chromium chromium) : BrowserTests(chromium)
{
    [SkippableFact]
    public Task A_terminal_outlives_the_hub_and_its_proxy_however_they_end() => hub.Test(async () =>
    {
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync(hub.Front.AbsoluteUri);
        await HubPages.SignIn(page, "staying");
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        await workbench.OpenTerminal();
        var shell = await workbench.RunInTerminal("echo $$", FileOf("shell.txt"));
        var server = await hub.Api.ProcessOf("staying");

        foreach (var signal in (string[])["TERM", "KILL"])
        {
            hub.Hub!.Signal(signal);
            await hub.Hub.WaitForExit();
            Assert.Equal(shell, await workbench.RunInTerminal("echo $$", FileOf($"shell-without-hub-{signal}.txt")));
            await hub.IsRunning();
            await IsBack(signal);
        }

        hub.Proxy!.Signal("KILL");
        await hub.Proxy.WaitForExit();
        await hub.IsRunning();
        await IsBack("proxy"); // VS Code has connected again by itself.

        // A new page goes through the new hub and the new proxy. What is open is stored together every few seconds, that there is a terminal with it: a reload before that would find none.
        await workbench.OpenFile("shell.txt");
        await workbench.RemembersEditor("shell.txt");
        await page.ReloadAsync();
        await workbench.IsOpen();
        await workbench.HasTerminal();
        Assert.Equal(shell, await workbench.RunInTerminal("echo $$", FileOf("shell-after-a-reload.txt")));

        async Task IsBack(string after)
        {
            Assert.True(await hub.Api.IsReady("staying"), $"the hub finds the server again after {after}");
            Assert.Equal(server, await hub.Api.ProcessOf("staying"));
            Assert.Equal(shell, await workbench.RunInTerminal("echo $$", FileOf($"shell-after-{after}.txt")));
        }
    });

    private string FileOf(string name) => Path.Combine(hub.HomeOf("staying"), name);
}
