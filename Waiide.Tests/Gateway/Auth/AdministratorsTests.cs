using Waiide.Gateway;
using Waiide.Gateway.Auth;
using Waiide.Gateway.Hub;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>S20: who may stop and start a server is said by the hub's scopes, its owner apart; being an admin of the hub is nothing here.</summary>
public class AdministratorsTests
{
    private const string Access = "access:servers!server=ada/lab";

    [Theory]
    [InlineData("admin:servers", true)]
    [InlineData("servers", true)]
    [InlineData("admin:servers!user=ada", true)]
    [InlineData("servers!user=ada", true)]
    [InlineData("admin:servers!server=ada/lab", true)]
    [InlineData("servers!server=ada/lab", true)]
    [InlineData("servers!server=ada/", false)]
    [InlineData("servers!server=ada/lab2", false)]
    [InlineData("servers!server=ada/la", false)]
    [InlineData("servers!server=ada/lab/x", false)]
    [InlineData("servers!server=bob/lab", false)]
    [InlineData("servers!user=bob", false)]
    [InlineData("servers!user=ad", false)]
    [InlineData("servers!user=ADA", false)]
    [InlineData("servers!user", false)]
    [InlineData("servers!group=ada", false)]
    [InlineData("servers!group=admins", false)]
    [InlineData("read:servers", false)]
    [InlineData("delete:servers", false)]
    [InlineData("admin:server_state", false)]
    [InlineData("access:servers", false)]
    [InlineData("access:servers!server=ada/lab", false)]
    [InlineData("admin:users", false)]
    [InlineData("admin-ui", false)]
    [InlineData("inherit", false)]
    [InlineData("self", false)]
    [InlineData("all", false)]
    [InlineData("SERVERS", false)]
    [InlineData("", false)]
    public void A_scope_that_starts_and_stops_this_very_server_administers_it(string held, bool administers) =>
        Assert.Equal(administers, HubScopes.Administer("ada", "lab", [held]));

    [Theory]
    [InlineData("servers!server=ada/", true)]
    [InlineData("servers!server=ada", false)]
    [InlineData("servers!server=ada/lab", false)]
    public void A_default_server_is_the_one_with_the_empty_name(string held, bool administers) =>
        Assert.Equal(administers, HubScopes.Administer("ada", "", [held]));

    [Theory]
    [InlineData("ada", "user", new[] { Access }, true, true)]
    [InlineData("ada", "service", new[] { Access }, true, false)]
    [InlineData("carol", "user", new[] { Access }, true, false)]
    [InlineData("carol", "user", new[] { Access, "servers!server=ada/lab" }, true, true)]
    [InlineData("root", "user", new[] { "admin:servers", "servers", "admin:users" }, false, false)]
    [InlineData("root", "user", new[] { "access:servers", "admin:servers", "servers" }, true, true)]
    [InlineData("monitor", "service", new[] { "access:servers" }, true, false)]
    [InlineData("monitor", "service", new[] { "access:servers", "admin:servers" }, true, true)]
    [InlineData("Ada", "user", new[] { Access }, true, false)]
    public async Task Access_comes_first_and_administration_is_in_addition(string name, string kind, string[] scopes, bool uses, bool administers)
    {
        var who = SignedIn.HubUser(new HubUser(name, kind, scopes), Options("ada"), SignedIn.ByToken);

        Assert.Equal(uses, Waiide.Gateway.Access.MayUseServer(who));
        Assert.Equal(administers, await Policies.AllowAsync(who, Waiide.Gateway.Access.Administrators));
        Assert.Equal(uses, await Policies.AllowAsync(who, Waiide.Gateway.Access.Users));
    }

    [Fact]
    public async Task Where_the_hub_has_not_said_whose_the_server_is_nobody_owns_it_by_name()
    {
        var who = SignedIn.HubUser(new HubUser(Environment.UserName, "user", [Access]), Options(null), SignedIn.ByCookie);
        Assert.False(await Policies.AllowAsync(who, Waiide.Gateway.Access.Administrators));
    }

    private static GatewayOptions Options(string? owner) => new()
    {
        ServerName = "lab",
        Hub = new HubOptions
        {
            ApiUrl = new Uri("http://hub:8081/hub/api"), ApiToken = "0a650dcd", ClientId = "jupyterhub-user-ada-lab", CallbackUrl = "/user/ada/lab/oauth_callback",
            AccessScopes = [Access, "access:servers!user=ada"], Owner = owner,
        },
    };
}
