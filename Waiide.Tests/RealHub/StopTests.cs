using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using Waiide.Tests.Support;

namespace Waiide.Tests.RealHub;

/// <summary>A server that the hub stops ends at once, completely, and not without a word.</summary>
[Collection(PlainHubCollection.Name)]
public sealed class StopTests(PlainHub hub, Chromium chromium) : BrowserTests(chromium)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    [SkippableFact]
    public Task An_open_WebSocket_is_told() => hub.Test(async () =>
    {
        await hub.Api.StartServer("stopped");
        using var person = new HttpPerson(hub.Front);
        await person.SignIn("stopped", JupyterHub.Password, "/user/stopped/");
        var (socket, _) = await WebSockets.OpenAsync(new Uri(hub.Front, "/user/stopped/stream"), person.Cookies);
        using var open = socket!;
        var code = open.CloseCode(Limit);

        var clock = Stopwatch.StartNew();
        Assert.Equal(HttpStatusCode.NoContent, await hub.Api.StopServer("stopped"));

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Limit);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, await code); // 1001, going away.
    });

    [SkippableFact]
    public Task An_IDE_with_an_open_window_and_a_terminal_leaves_nothing() => hub.Test(async () =>
    {
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync(hub.Front.AbsoluteUri);
        await HubPages.SignIn(page, "closed");
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        await workbench.OpenTerminal();
        await workbench.RunInTerminal("nohup sleep 1000 & echo started", Path.Combine(hub.HomeOf("closed"), "started.txt"));

        var clock = Stopwatch.StartNew();
        Assert.Equal(HttpStatusCode.NoContent, await hub.Api.StopServer("closed"));

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Limit);
        Assert.Empty(Processes.With("HOME=" + hub.HomeOf("closed")));
    });
}
