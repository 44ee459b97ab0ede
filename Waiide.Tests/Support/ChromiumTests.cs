using System.Globalization;

namespace Waiide.Tests.Support;

/// <summary>The browser of the tests itself.</summary>
public sealed class ChromiumTests(Chromium chromium) : BrowserTests(chromium)
{
    private const int Requests = 12; // A browser has six connections to a server; the others wait, and are what a change would end.

    [SkippableFact]
    public async Task It_loads_on_while_networks_of_containers_come_and_go()
    {
        Prerequisites.Need("chromium", "ip");
        Skip.IfNot(Environment.IsPrivilegedProcess, "Networks are made by root.");
        await using var server = await StubIde.StartAsync();
        var begun = 0;
        var networkHasChanged = new TaskCompletionSource();
        server.When("/slow", async _ =>
        {
            Interlocked.Increment(ref begun);
            await networkHasChanged.Task;
        });
        var page = await Chromium.NewPageAsync();
        await page.GotoAsync(server.Url.AbsoluteUri);

        var loads = page.EvaluateAsync<string[]>($"Promise.all([...Array({Requests}).keys()].map(n => fetch('/slow?' + n).then(answer => 'loaded', error => String(error))))");
        await Eventually.Is(() => begun == 6, "the browser's connections are all in use");
        var name = string.Create(CultureInfo.InvariantCulture, $"wt{Environment.ProcessId}");
        await RunAsync("ip", "link", "add", name, "type", "veth", "peer", "name", name + "p");
        await RunAsync("ip", "address", "add", "198.18.7.1/30", "dev", name); // RFC 2544: networks of benchmarks, nobody's.
        await RunAsync("ip", "link", "set", name, "up");
        await RunAsync("ip", "link", "delete", name);
        networkHasChanged.SetResult();

        Assert.All(await loads, load => Assert.Equal("loaded", load));
    }

    private static async Task RunAsync(params string[] line)
    {
        await using var process = ChildProcess.Start(new(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true });
        Assert.True(await process.WaitForExit() == 0, process.Output);
    }
}
