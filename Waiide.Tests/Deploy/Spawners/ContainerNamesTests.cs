using System.Text.RegularExpressions;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy.Spawners;

/// <summary>deploy/jupyterhub/docker/container_names.py: who calls a server as they like gets nobody else's container.</summary>
public sealed partial class ContainerNamesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy", "jupyterhub", "docker");

    [SkippableTheory]
    [InlineData("alice", "alice-waiide-abc123", "alice-waiide-abc123")]
    [InlineData("bob", "bob-data-science-def456", "bob-data-science-def456")]
    [InlineData("007", "007-waiide-abc123", "007-waiide-abc123")]
    [InlineData("alice", "", "alice--*")]
    [InlineData("alice", "work", "work--*")]
    [InlineData("nginx", "nginx-proxy-1", "nginx-proxy-1--*")]
    [InlineData("alice", "alice-abc123", "alice-abc123--*")]
    [InlineData("alice", "alice--x", "alice-x--*")]
    [InlineData("alice", "alice-Work", "alice-work--*")]
    [InlineData("jean-luc", "jean-luc-waiide-abc123", "jean-luc-waiide-abc123--*")]
    [InlineData("Ada@Example.org", "", "ada-example-org--*")]
    [InlineData("é", "é", "x--*")]
    public async Task A_container_is_called_as_its_server_or_after_it(string user, string server, string expected)
    {
        var name = await NameAsync(user, server);

        Assert.Matches($"^{Regex.Escape(expected).Replace(@"\*", "[0-9a-f]{16}", StringComparison.Ordinal)}$", name);
    }

    [SkippableFact]
    public async Task No_two_servers_have_one_name_and_every_name_is_a_DNS_label()
    {
        string[] users = ["a", "a-b", "a-b-c", "A", "a.b", "a@b", "a--b", "é", "e", new('a', 60), new('a', 61), new string('a', 61) + "-b"];
        var servers = users.SelectMany(user => new[] { "", "b", "b-c", "c", "a", "a-b", "a-b-c", "A-b", "a--b", "a.b", $"{user}-b", $"{user}-b-c", $"{user}-c", new('a', 61), new string('a', 61) + "-b" }
            .Distinct().Select(server => (user, server))).ToArray();

        var names = await NamesAsync(servers);

        Assert.Equal(servers.Length, names.Distinct().Count());
        Assert.All(names, name => Assert.Matches(DnsLabel(), name));
        // Nor is there another way to a container by calling a server as that is called.
        var taken = names.Where(name => name.Contains("--", StringComparison.Ordinal)).ToArray();
        Assert.Empty((await NamesAsync([.. taken.SelectMany(name => users.Select(user => (user, name)))])).Intersect(names));
    }

    [SkippableTheory]
    [InlineData("ada", "^ada-waiide-[0-9a-f]{6}$")]
    [InlineData("Ada@Example.org", "^ada-example-org-waiide-[0-9a-f]{6}$")]
    [InlineData("007", "^x007-waiide-[0-9a-f]{6}$")]
    [InlineData("somebody.with.a.long.name@example.org", "^somebody-with-a-waiide-[0-9a-f]{6}$")]
    public async Task A_new_servers_name_is_one_that_JupyterHub_6_takes(string user, string expected)
    {
        Prerequisites.Need("python3");
        var output = await Podman.OutputAsync("python3", "deploy/jupyterhub/docker/container_names.py", user);

        var name = ServerLine().Match(output).Groups[1].Value;

        Assert.Matches(expected, name);
        Assert.Matches("^[a-z](-?[a-z0-9])*$", name);
        Assert.InRange(name.Length, 1, 30);
    }

    private static async Task<string> NameAsync(string user, string server) => Assert.Single(await NamesAsync([(user, server)]));

    private static async Task<string[]> NamesAsync((string User, string Server)[] servers)
    {
        Prerequisites.Need("python3");
        const string Program = "import sys; sys.path.insert(0, sys.argv[1]); from container_names import container_name as name\nfor pair in zip(sys.argv[2::2], sys.argv[3::2]): print(name(*pair))";
        return (await Podman.OutputAsync("python3", ["-c", Program, Folder, .. servers.SelectMany(server => new[] { server.User, server.Server })])).TrimEnd('\n').Split('\n');
    }

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    private static partial Regex DnsLabel();

    [GeneratedRegex("^server +(.+)$", RegexOptions.Multiline)]
    private static partial Regex ServerLine();
}
