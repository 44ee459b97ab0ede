using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

public sealed class OfflineTests
{
    [SkippableFact]
    public async Task The_second_boot_needs_neither_npm_nor_a_network()
    {
        Prerequisites.Need("node", "npm", "setsid", "unshare", "ip");
        await Ide.ProvisioningScripts.Tree; // The first boot's part: the IDE is in the cache.

        await using var run = AppHostRun.StartWithoutNetworkAndNpm();

        await run.DotnetRun.WaitForOutput("everything healthy", TimeSpan.FromMinutes(1));
    }
}
