using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>What is published works as it is: the compose file, carried unedited by a real engine up to a person who works in the IDE.</summary>
[Collection(PodmanNetworks.Name)]
public sealed class ComposeTests(Chromium chromium) : BrowserTests(chromium)
{
    private const string Folder = "/home/calliope/workspace";
    private const string Letter = Folder + "/letter.txt";

    [SkippableFact]
    public async Task A_person_signs_in_by_the_link_and_finds_their_file_again_in_new_containers()
    {
        Prerequisites.Need("podman", "runc", "netavark", "aardvark", "iptables", "compose", "mmdebstrap", "gcc", "openssl", "node", "npm", "chromium");
        await using var run = new ComposeRun();

        var link = await run.UpAsync();

        Assert.Equal(Snapshot.Text("standalone/docker-compose.yaml").Replace(":8070:8070", $":{run.Address.Port}:8070", StringComparison.Ordinal), await File.ReadAllTextAsync(Path.Combine(run.Directory, "docker-compose.yaml")));
        await NobodyComesInWithoutTheToken(run);
        await TheContainersHaveNoRightsThatTheyDoNotNeed(run);

        var page = await Chromium.NewPageAsync();
        await page.GotoAsync(link.AbsoluteUri);
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        Assert.DoesNotContain("token", page.Url, StringComparison.Ordinal);
        await workbench.ExplorerNotices("letter.txt", () => run.ExecAsync("ide", "sh", "-c", $"touch {Letter} $(mktemp -u {Folder}/beside.XXXX)"));
        await workbench.OpenFile("letter.txt");
        await workbench.TypeInEditor("Dear reader");
        await Eventually.Is(async () => await run.ExecAsync("ide", "cat", Letter) == "Dear reader", "what was typed is saved in the container");

        await run.DownAsync();
        Assert.Equal([$"{run.Project}_gateway-home", $"{run.Project}_ide-home"], (await run.LeftoversAsync()).Order());
        await run.UpAsync();

        Assert.Equal("Dear reader", await run.ExecAsync("ide", "cat", Letter));
        // The session is kept too: nobody has to sign in again.
        await page.GotoAsync(run.Address.AbsoluteUri);
        await workbench.IsOpen();
        await workbench.ExplorerShows("letter.txt");

        await run.DownAsync("--volumes");
        Assert.Empty(await run.LeftoversAsync());
    }

    private static async Task NobodyComesInWithoutTheToken(ComposeRun run)
    {
        using var stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = run.Address };
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("health")).StatusCode);
        Assert.Equal("/login", (await stranger.GetAsync("")).Headers.Location?.OriginalString.Split('?')[0]);

        // Nothing outside reaches the IDE, and what could would need a password that nobody has.
        Assert.Empty(await run.PortsAsync("ide"));
        Assert.Equal("401", await run.ExecAsync("ide", "curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "http://127.0.0.1:8071/version"));
        Assert.Equal($"8070/tcp -> 127.0.0.1:{run.Address.Port}", await run.PortsAsync("gateway"));
    }

    private static async Task TheContainersHaveNoRightsThatTheyDoNotNeed(ComposeRun run)
    {
        foreach (var (service, user) in new[] { ("gateway", "1654"), ("ide", "1000") })
        {
            Assert.Equal(user, await run.ExecAsync(service, "id", "-u"));
            Assert.Equal("CapEff:\t0000000000000000", await run.ExecAsync(service, "grep", "CapEff", "/proc/self/status"));
            Assert.Equal("NoNewPrivs:\t1", await run.ExecAsync(service, "grep", "NoNewPrivs", "/proc/self/status"));
            Assert.Equal("tini", await run.ExecAsync(service, "cat", "/proc/1/comm"));
        }
    }
}
