using System.Diagnostics;
using System.Globalization;
using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>The servers that the AppHost's hub starts besides the demo user's: they outlive the hub, and not the AppHost.</summary>
[Collection("hub servers")]
public sealed class HubServersTests
{
    // A second IDE server starts, on a busy machine.
    private static readonly TimeSpan AStart = TimeSpan.FromMinutes(5);

    [SkippableFact]
    public async Task A_named_server_survives_its_hub_and_ends_with_the_AppHost()
    {
        var topology = new Booted();
        var mark = "";
        try
        {
            await topology.BootAsync();
            using var limit = new CancellationTokenSource(AStart);
            mark = $"WAIIDE_DATA_DIR={Path.Combine(topology.DataDirectory, "hub", "demo", "servers", "second", "data")}";
            using (var browser = new Hub.Browser(topology.App.GetEndpoint("hub", "front")))
            {
                using var signedIn = await browser.SignInAsync("demo", Booted.Password);
                using var spawn = await browser.GetAsync("/hub/spawn/demo/second");
                Assert.Equal("/hub/spawn-pending/demo/second", spawn.Headers.Location!.OriginalString);
                await IsReady(browser);
            }

            var server = Assert.Single(Processes.With(mark)).Id;
            Process.Start("kill", ["-KILL", topology.ProcessIdOf("hub").ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
            await topology.App.ResourceNotifications.WaitForResourceAsync("hub", KnownResourceStates.Finished, limit.Token);
            Assert.Equal(server, Assert.Single(Processes.With(mark)).Id);
            var result = await topology.App.ResourceCommands.ExecuteCommandAsync("hub", KnownResourceCommands.StartCommand, limit.Token);
            Assert.True(result.Success, result.Message);
            await topology.App.ResourceNotifications.WaitForResourceHealthyAsync("hub", limit.Token);

            using var again = new Hub.Browser(topology.App.GetEndpoint("hub", "front"));
            using var back = await again.SignInAsync("demo", Booted.Password);
            await IsReady(again);
            Assert.Equal(server, Assert.Single(Processes.With(mark)).Id);
        }
        finally
        {
            await topology.DisposeAsync();
        }

        await Eventually.Is(() => Processes.With(mark).Count == 0, "the server has ended with the AppHost", TimeSpan.FromSeconds(10));
    }

    private static Task IsReady(Hub.Browser browser) => Eventually.Is(
        async () =>
        {
            using var pending = await browser.GetAsync("/hub/spawn-pending/demo/second");
            Assert.Equal(pending.Headers.Location is null ? HttpStatusCode.OK : HttpStatusCode.Found, pending.StatusCode);
            Assert.Equal("/user/demo/second/", pending.Headers.Location?.OriginalString ?? "/user/demo/second/");
            return pending.Headers.Location is not null;
        },
        "the server is ready",
        AStart);

    private sealed class Booted() : BootedTopology($"--Parameters:demo-password={Password}")
    {
        public const string Password = "correct horse";
    }
}
