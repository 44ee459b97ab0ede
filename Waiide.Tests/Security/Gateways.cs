using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>One gateway of Ada's under a hub and one without, for all classes that only ask them something.</summary>
[CollectionDefinition(nameof(Gateways))]
public sealed class Gateways : IAsyncLifetime, ICollectionFixture<Gateways>
{
    internal const string UnderHub = "under a hub";

    internal const string Standalone = "standalone";

    private readonly Dictionary<string, (RunningGateway Gateway, IReadOnlyList<EndpointRow> Endpoints)> _byMode = [];

    public static TheoryData<string> Modes => [UnderHub, Standalone];

    internal RunningGateway Ada => _byMode[UnderHub].Gateway;

    internal StubHub Hub => Ada.Hub!;

    internal RunningGateway In(string mode) => _byMode[mode].Gateway;

    /// <summary>What "Waiide.Gateway endpoints" prints in this mode.</summary>
    internal IReadOnlyList<EndpointRow> EndpointsIn(string mode) => _byMode[mode].Endpoints;

    public async Task InitializeAsync()
    {
        var hub = await StubHub.StartAsync();
        hub.Users["bob"] = ["access:servers!user=bob"];
        hub.Users["root"] = ["admin:servers", "servers", "admin:users"];
        hub.Users["carol"] = ["access:servers!server=ada/"];
        var gateways = await Task.WhenAll(RunningGateway.StartAsync(hub), RunningGateway.StandaloneAsync());
        var endpoints = await Task.WhenAll(EndpointRow.PrintedAsync(hub), EndpointRow.PrintedAsync(null));
        _byMode[UnderHub] = (gateways[0], endpoints[0]);
        _byMode[Standalone] = (gateways[1], endpoints[1]);
    }

    public async Task DisposeAsync()
    {
        foreach (var (gateway, _) in _byMode.Values)
        {
            await gateway.DisposeAsync();
        }
    }

    internal static string PrefixOf(string mode) => mode == UnderHub ? "/user/ada" : "";

    /// <summary>A browser in which <paramref name="user"/> has signed in at Ada's gateway.</summary>
    internal async Task<Browser> SignedInAsync(string user = "ada")
    {
        var browser = Ada.Browser(user);
        var (page, _) = await browser.FollowAsync("/user/ada/");
        page.Dispose();
        return browser;
    }
}
