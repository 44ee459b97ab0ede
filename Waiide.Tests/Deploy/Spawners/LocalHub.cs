using System.Runtime.InteropServices;
using Waiide.Tests.RealHub;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy.Spawners;

/// <summary>A hub by deploy/jupyterhub/local, as it is: servers are processes of this machine.</summary>
public sealed class LocalHub : JupyterHub
{
    private readonly TempDirectory _homes = new();

    public string Homes => _homes.Path;

    protected override string Template => Path.Combine(Repository.Root, "deploy", "jupyterhub", "local", "jupyterhub_config.py");

    protected override async Task<Dictionary<string, string>> PrepareAsync() => new()
    {
        ["WAIIDE_GATEWAY"] = await PublishedGateway.ProgramAsync(),
        ["WAIIDE_HOMES"] = Homes,
        ["WAIIDE_IDE_CACHE"] = IdeCache(),
        ["DOTNET_ROOT"] = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory()),
    };

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _homes.Dispose();
    }
}
