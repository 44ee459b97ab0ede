using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>Debian's jupyterhub-singleuser 3.0.0, unchanged, as what a hub starts.</summary>
internal static class StockSingleUser
{
    /// <summary>A hub with alice, bob and root that starts such servers, each user's in a home of their own below <paramref name="home"/>.</summary>
    public static Task<RunningHub> StartHubAsync(string home, params (string Setting, string Value)[] settings)
    {
        Prerequisites.Need("jupyterhub");
        List<(string, string)> all =
        [
            ("Spawner:Cmd:0", "jupyterhub-singleuser"),
            ("Spawner:Environment:JUPYTERHUB_SINGLEUSER_APP", "notebook.notebookapp.NotebookApp"), // Debian has no JupyterLab, and without either there are no pages.
            ("Spawner:Home", Path.Combine(home, "{username}")),
            ("Spawner:HttpTimeout", "90"), // Python reads hundreds of files before it answers, on a machine that runs other tests.
            ("Spawner:SlowSpawnTimeout", "90"),
            ("Spawner:InterruptTimeout", "30"), // It ends its kernels first.
            ("Spawner:SlowStopTimeout", "45"),
            .. settings,
        ];
        if (Environment.IsPrivilegedProcess)
        {
            all.Add(("Spawner:Args:0", "--allow-root"));
        }

        return HubCalls.StartAsync([.. all]);
    }
}
