using Aspire.Hosting.Testing;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>One gibibyte each way, from a client through the hub's front, the gateway and the IDE's port proxy to a server of the user.</summary>
[Collection("hub topology")]
public sealed class LargeTransferTests(HubTopology topology)
{
    private const long Gibibyte = 1L << 30;
    private const int Step = 1 << 20;

    [SkippableFact]
    public async Task A_gibibyte_up_and_down_arrives_whole_and_the_gateway_does_not_grow()
    {
        await topology.BootAsync();
        await using var server = await UserServer.StartAsync();
        using var person = new HttpPerson(topology.App.GetEndpoint("hub", "front"));
        await person.SignIn("demo", HubTopology.Password, "/user/demo/");
        var gateway = topology.GatewayProcess();
        await person.Download($"/user/demo/proxy/{server.Port}/down?{Step}"); // Warm: the first bytes load code, not data.
        var before = Processes.PeakMemory(gateway);

        var uploaded = await person.Upload($"/user/demo/proxy/{server.Port}/up", Gibibyte);
        var downloaded = await person.Download($"/user/demo/proxy/{server.Port}/down?{Gibibyte}");

        Assert.Equal(uploaded, server.HashOfUpload);
        Assert.Equal(Blocks.Hash(Gibibyte), downloaded);
        Assert.InRange(Processes.PeakMemory(gateway) - before, 0, 64L << 20);
    }
}
