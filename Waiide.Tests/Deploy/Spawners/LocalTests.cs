using Waiide.Tests.RealHub;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy.Spawners;

/// <summary>deploy/jupyterhub/local: a hub for a try on one machine.</summary>
public sealed class LocalTests(LocalHub hub) : IClassFixture<LocalHub>
{
    [SkippableFact]
    public Task A_person_gets_an_IDE_in_a_home_of_their_own() => hub.Test(async () =>
    {
        using var person = new HttpPerson(hub.Front);
        await person.SignIn("ada", JupyterHub.Password, "/hub/home");
        await hub.Api.StartServer("ada");

        await Eventually.Is(async () => (await person.Http.GetStringAsync("/user/ada/")).Contains("workbench.js", StringComparison.Ordinal), "VS Code's page comes");

        Assert.Equal([Path.Combine(hub.Homes, "ada")], Directory.GetDirectories(hub.Homes));
        using var page = await person.Http.GetAsync("/user/ada/");
        Assert.Equal($"?folder={hub.Homes}/ada", page.RequestMessage!.RequestUri!.Query);
    });
}
