using System.Globalization;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>Our front proxy and the real configurable-http-proxy side by side, with the same routes to the same recording servers: whatever one answers, the other answers.</summary>
public sealed class TwoProxies : IAsyncLifetime
{
    private readonly List<StubIde> _stubs = [];

    internal RunningHub Hub { get; private set; } = null!;

    internal RealProxy Real { get; private set; } = null!;

    public int OurApiPort { get; private set; }

    internal StubIde Alice => _stubs[0];

    internal StubIde EnvOne => _stubs[1];

    internal StubIde Dave => _stubs[2];

    public async Task InitializeAsync()
    {
        try
        {
            Real = RealProxy.Prepare();
        }
        catch (Xunit.SkipException)
        {
            return; // Each test says so again.
        }

        OurApiPort = Ports.Free();
        Hub = await RunningHub.StartAsync(("Users:root", "pw"), ("Proxy:ApiPort", OurApiPort.ToString(CultureInfo.InvariantCulture)), ("Proxy:AuthToken", RealProxy.Token));
        await Real.StartAsync(Hub.Api);
        for (var i = 0; i < 3; i++)
        {
            _stubs.Add(await StubIde.StartAsync());
        }

        await AddAsync("/user/alice", Alice.Url);
        await AddAsync("/user/alice/env-one", EnvOne.Url);
        await AddAsync("/user/dave/", Dave.Url);
        await AddAsync("/user/we%2Bird@ex.org/s-%C3%A9", Dave.Url);
        await AddAsync("/below", new Uri(Dave.Url, "/some/where/"));
        await AddAsync("/down", new Uri($"http://127.0.0.1:{Ports.Free()}"));
        await AddAsync("/hang", new Uri("http://[::1]:1")); // Nothing there either.
    }

    public async Task DisposeAsync()
    {
        if (Hub is not null)
        {
            await Real.DisposeAsync();
            await Hub.DisposeAsync();
        }

        foreach (var stub in _stubs)
        {
            await stub.DisposeAsync();
        }
    }

    private async Task AddAsync(string path, Uri target)
    {
        foreach (var port in new[] { OurApiPort, Real.ApiPort })
        {
            var body = new JsonObject { ["target"] = target.OriginalString, ["jupyterhub"] = true }.ToJsonString();
            Assert.Equal((201, ""), await RealProxy.CallAsync(port, "POST", "/api/routes" + path, body));
        }
    }
}

[CollectionDefinition(Name)]
public sealed class TwoProxiesTests : ICollectionFixture<TwoProxies>
{
    public const string Name = "two proxies";
}
