using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Waiide.Tests.RealHub;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy.Spawners;

/// <summary>deploy/jupyterhub/docker: a container for each server.</summary>
[Collection(PodmanNetworks.Name)]
public sealed class DockerTests(ContainerHub hub) : IClassFixture<ContainerHub>
{
    [SkippableFact]
    public Task Two_people_have_a_container_each_and_nothing_of_the_others() => hub.Test(async () =>
    {
        var (ada, bob) = (hub.User("ada"), hub.User("bob"));
        await Task.WhenAll(hub.Api.StartServer(ada), hub.Api.StartServer(bob));
        using var person = new HttpPerson(hub.Front);

        await person.SignIn(ada, JupyterHub.Password, $"/user/{ada}/?folder=/home/calliope");
        await Eventually.Is(async () => (await person.Http.GetStringAsync($"/user/{ada}/?folder=/home/calliope")).Contains("workbench.js", StringComparison.Ordinal), "VS Code's page comes");
        using var others = await person.Http.GetAsync($"/user/{bob}/");

        Assert.Equal(HttpStatusCode.Forbidden, others.StatusCode);
        var containers = (await ContainerHub.ContainersAsync(ada)).Concat(await ContainerHub.ContainersAsync(bob)).ToArray();
        Assert.Matches($"^{ada}--[0-9a-f]{{16}} {bob}--[0-9a-f]{{16}}$", string.Join(' ', containers));
        await ContainerHub.ShellAsync(containers[0], "echo hers > ~/letter");
        Assert.Equal("", await ContainerHub.ShellAsync(containers[1], "cat ~/letter 2> /dev/null || true"));
    });

    [SkippableFact]
    public Task A_named_server_lends_its_name_to_a_container_with_limits_and_no_rights() => hub.Test(async () =>
    {
        var user = hub.User("eve");
        var name = $"{user}-waiide-abc123";
        await hub.Api.StartServer(user, name);

        Assert.Equal(name, Assert.Single(await ContainerHub.ContainersAsync(user)));
        // In force, and known to the gateway.
        Assert.Equal("4294967296", await ContainerHub.ShellAsync(name, "cat /sys/fs/cgroup/memory.max 2> /dev/null || cat /sys/fs/cgroup/memory/memory.limit_in_bytes"));
        Assert.Equal("200000 100000", await ContainerHub.ShellAsync(name, "cat /sys/fs/cgroup/cpu.max 2> /dev/null || echo $(cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.cfs_period_us)"));
        Assert.Equal("1024", await ContainerHub.ShellAsync(name, "cat /sys/fs/cgroup/pids.max 2> /dev/null || cat /sys/fs/cgroup/pids/pids.max"));
        var status = await StatusAsync(user, name);
        Assert.Equal((4294967296, "MEM_LIMIT"), ((long)status["memory"]!["limit"]!, (string)status["memory"]!["limit_from"]!));
        Assert.Equal(2, (double)status["cpu"]!["limit"]!);

        Assert.Equal(["CapEff:\t0000000000000000", "NoNewPrivs:\t1"], (await ContainerHub.ShellAsync(name, "grep -E '^(CapEff|NoNewPrivs)' /proc/1/status")).Split('\n'));
        Assert.Contains("Read-only file system", await ContainerHub.ShellAsync(name, "touch /opt/x 2>&1 || true"), StringComparison.Ordinal);
        Assert.Equal("calliope", await ContainerHub.ShellAsync(name, "id -un"));
        // Of the hub's own variables there is none.
        Assert.Equal("", await ContainerHub.ShellAsync(name, "env | grep -E '^(DOCKER_HOST|REAL_HUB)=' || true"));
    });

    [SkippableFact]
    public Task A_server_that_the_hub_stops_leaves_its_files_and_nothing_else() => hub.Test(async () =>
    {
        var user = hub.User("kim");
        var name = $"{user}-waiide-0a1b2c";
        await hub.Api.StartServer(user, name);
        await ContainerHub.ShellAsync(name, "echo Dear reader > ~/letter");

        Assert.Contains(await hub.Api.StopServer(user, name), (HttpStatusCode[])[HttpStatusCode.NoContent, HttpStatusCode.Accepted]);

        await Eventually.Is(async () => await hub.Api.Server(user, name) is null, "the hub has stopped the server");
        Assert.Contains($"Container {name} ended with code 0.", hub.HubLog, StringComparison.Ordinal); // Who is killed after ten seconds ends with 137.
        Assert.Empty(await ContainerHub.ContainersAsync(user));

        await hub.Api.StartServer(user, name);
        Assert.Equal("Dear reader", await ContainerHub.ShellAsync(name, "cat ~/letter"));

        // Who is killed instead is missed, and comes back by the next start.
        await Podman.OutputAsync("podman", "kill", name);
        await Eventually.Is(async () => await hub.Api.Server(user, name) is null, "the hub sees that the container has ended");
        Assert.Contains($"Container {name} ended with code 137.", hub.HubLog, StringComparison.Ordinal);
        Assert.Empty(await ContainerHub.ContainersAsync(user));
    });

    [SkippableFact]
    public Task Several_who_ask_at_once_about_a_container_that_has_ended_all_get_an_answer() => hub.Test(async () =>
    {
        var user = hub.User("pat");
        var name = $"{user}-waiide-9f8e7d";
        await hub.Api.StartServer(user, name);
        await Podman.OutputAsync("podman", "kill", name);

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => hub.Api.StopServer(user, name)));

        Assert.DoesNotContain(HttpStatusCode.InternalServerError, answers);
        Assert.Single(hub.HubLog.Split('\n'), line => line.Contains($"Container {name} ended with code 137.", StringComparison.Ordinal));
        await Eventually.Is(async () => await hub.Api.Server(user, name) is null, "the hub sees that the container has ended");
    });

    private async Task<JsonNode> StatusAsync(string user, string name)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(hub.Front, $"/user/{user}/{name}/api/status"));
        request.Headers.Authorization = new AuthenticationHeaderValue("token", await hub.Api.NewToken(user));
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
