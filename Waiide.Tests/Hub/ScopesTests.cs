using Microsoft.Extensions.Configuration;
using Waiide.Hub.Mock;
using Waiide.Hub.Mock.State;

namespace Waiide.Tests.Hub;

/// <summary>Scopes as sets: what each brings along, what two have in common, what one covers.</summary>
public sealed class ScopesTests
{
    private static readonly User Ada = new(1, "ada", isAdmin: false, DateTimeOffset.UnixEpoch);

    private static readonly Func<IReadOnlySet<string>, IReadOnlySet<string>> InTeamIsAda = scopes =>
        scopes.Concat(scopes.Where(scope => scope.EndsWith("!group=team", StringComparison.Ordinal)).Select(scope => scope.Replace("!group=team", "!user=ada", StringComparison.Ordinal)))
            .ToHashSet(StringComparer.Ordinal);

    [Theory]
    [InlineData("read:users!user=x", "read:users!user=x read:users:activity!user=x read:users:groups!user=x read:users:name!user=x")]
    [InlineData("servers!user", "delete:servers!user=ada read:servers!user=ada read:users:name!user=ada servers!user=ada")]
    [InlineData("tokens tokens!user", "read:tokens tokens")]
    [InlineData("access:servers!server", "access:servers!server=ada/lab")]
    [InlineData("read:servers!server=x/y", "read:servers!server=x/y read:users:name!server=x/y read:users:name!user=x")]
    [InlineData("access:services!service", "")]
    [InlineData("access:servers!server=x/", "access:servers!server=x/")]
    [InlineData("inherit", "inherit")]
    [InlineData("groups!group=team", "groups!group=team list:groups!group=team read:groups!group=team read:groups:name!group=team")]
    [InlineData("admin:groups", "admin:groups delete:groups groups list:groups read:groups read:groups:name read:roles:groups")]
    public void A_scope_brings_along_what_it_includes(string scopes, string expanded) =>
        Assert.Equal(expanded, Text(Scopes.Expand(scopes.Split(' '), Ada, new Server(Ada, "lab", "/", isAttached: false))));

    [Fact]
    public void Self_is_everything_of_ones_own_and_of_a_service_nothing()
    {
        var self = Scopes.Expand(["self"], Ada);
        Assert.All(self, scope => Assert.EndsWith("!user=ada", scope, StringComparison.Ordinal));
        Assert.Contains("access:servers!user=ada", self);
        Assert.Contains("users:shares!user=ada", self);
        Assert.DoesNotContain("shares!user=ada", self);
        Assert.Empty(Scopes.Expand(["self"], new Service("robot", isAdmin: false, [])));
    }

    [Theory]
    [InlineData("servers", "servers!user=x", "servers!user=x")]
    [InlineData("servers!user=x", "servers!server=x/lab", "servers!server=x/lab")]
    [InlineData("servers!user=x", "servers!server=y/lab", "")]
    [InlineData("servers!user=x servers!server=y/lab", "servers!user=x servers!user=y", "servers!server=y/lab servers!user=x")]
    [InlineData("servers!group=team", "servers!user=ada", "servers!user=ada")]
    [InlineData("servers!server=ada/lab", "servers!group=team", "servers!server=ada/lab")]
    [InlineData("servers!group=team", "servers!user=bob", "")]
    [InlineData("servers!group=team", "servers!group=team", "servers!group=team")]
    [InlineData("servers!group=team", "servers!group=other", "")]
    [InlineData("servers", "tokens", "")]
    public void Two_sets_have_the_narrower_of_each_pair_in_common(string left, string right, string both)
    {
        Assert.Equal(both, Text(Scopes.Intersect(Set(left), Set(right), InTeamIsAda)));
        Assert.Equal(both, Text(Scopes.Intersect(Set(right), Set(left), InTeamIsAda)));
    }

    // The vectors that single-user servers decide by, and so the hub.
    [Theory]
    [InlineData("access:servers", "alice", "", true)]
    [InlineData("access:servers", "alice", "env-one", true)]
    [InlineData("access:servers!user=alice", "alice", "", true)]
    [InlineData("access:servers!user=alice", "alice", "env-one", true)]
    [InlineData("access:servers!server=alice/", "alice", "", true)]
    [InlineData("access:servers!server=alice/", "alice", "env-one", false)]
    [InlineData("access:servers!server=alice/env-one", "alice", "env-one", true)]
    [InlineData("access:servers!server=alice/env-one", "alice", "", false)]
    [InlineData("access:servers!server=alice", "alice", "", false)]
    [InlineData("access:servers!user=bob", "alice", "", false)]
    [InlineData("access:servers!user=Alice", "alice", "", false)]
    [InlineData("access:servers!group=alice", "alice", "", false)]
    [InlineData("admin:servers", "alice", "", false)]
    [InlineData("inherit", "alice", "", false)]
    [InlineData("self", "alice", "", false)]
    [InlineData("", "alice", "", false)]
    public void Access_to_a_server_is_by_its_exact_name(string held, string user, string server, bool reaches)
    {
        var owner = new User(1, user, isAdmin: false, DateTimeOffset.UnixEpoch);
        Assert.Equal(reaches, Scopes.Reach(Set(held), "access:servers", new Server(owner, server, "/", isAttached: false)));
    }

    [Theory]
    [InlineData("5.5", "shares!user", null)]
    [InlineData("4.1", "shares!user", "does not exist")]
    [InlineData("4.1", "admin:services", null)]
    [InlineData("3.0", "admin:services", "does not exist")]
    [InlineData("5.5", "access:servers!planet=mars", "Scope filter planet=mars")]
    [InlineData("5.5", "access:servers!server", null)]
    [InlineData("5.5", "access", "does not exist")]
    public void A_version_knows_its_scopes_and_filters(string version, string scope, string? mistake)
    {
        var said = Scopes.Mistake(scope, VersionProfile.All[version], "token");
        if (mistake is null)
        {
            Assert.Null(said);
        }
        else
        {
            Assert.Contains(mistake, said, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("Roles:admin:Scopes", "self", "Hub:Roles:admin cannot be changed")]
    [InlineData("Roles:X:Scopes", "self", "Hub:Roles:X is no name for a role")]
    [InlineData("Roles:guests:Users", "ada", "Hub:Roles:guests:Scopes is missing")]
    [InlineData("Roles:guests:Scopes", "acess:servers", "Hub:Roles:guests:Scopes: Scope 'acess:servers' for this setting does not exist in JupyterHub 5.5.1")]
    public void A_role_that_cannot_be_is_named_with_the_fix(string setting, string value, string mistake)
    {
        var mistakes = new List<string>();
        var settings = new Dictionary<string, string?> { ["Hub:Users:ada"] = "pw", ["Hub:" + setting] = value };
        HubSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build().GetSection("Hub"), mistakes);
        Assert.Contains(mistakes, said => said.StartsWith(mistake, StringComparison.Ordinal));
    }

    private static HashSet<string> Set(string scopes) => [.. scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    private static string Text(IEnumerable<string> scopes) => string.Join(' ', scopes.Order(StringComparer.Ordinal));
}
