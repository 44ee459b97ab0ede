using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>One gateway of Ada's under a stub hub, for the tests of a class.</summary>
public sealed class UnderAHub : IAsyncLifetime
{
    internal RunningGateway Gateway { get; private set; } = null!;

    internal StubHub Hub => Gateway.Hub!;

    internal StubIde Ide => Gateway.Ide;

    public async Task InitializeAsync()
    {
        var hub = await StubHub.StartAsync();
        hub.Users["bob"] = ["access:servers!user=bob"];
        hub.Users["root"] = ["admin:servers", "servers", "admin:users"];
        hub.Users["carol"] = ["access:servers!server=ada/"];
        Gateway = await RunningGateway.StartAsync(hub);
    }

    public async Task DisposeAsync() => await Gateway.DisposeAsync();
}
