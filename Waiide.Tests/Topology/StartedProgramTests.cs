namespace Waiide.Tests.Topology;

/// <summary>What stands between the AppHost and a project's process: nothing, unless it is started without having been built with the AppHost.</summary>
[Collection("hub topology")]
public sealed class StartedProgramTests(HubTopology topology)
{
    [SkippableFact]
    public async Task A_project_runs_as_the_program_that_was_built_with_the_AppHost()
    {
        await topology.BootAsync();

        Assert.Equal(topology.GatewayProcess(), topology.ProcessIdOf("gateway"));
    }
}
