using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>One hub for each version of JupyterHub, with alice, whose server runs already, bob, and the administrator root.</summary>
public sealed class ProfileHubs : IAsyncLifetime
{
    public const string AliceToken = "alice-server-token-0123456789abcdef";
    public const string MonitorToken = "monitor-service-token-0123456789abcdef";
    public const string OperatorToken = "operator-service-token-0123456789abcdef";

    private static readonly string[] Profiles = ["3.0", "4.1", "5.5", "6.0"];

    private readonly Dictionary<string, RunningHub> _hubs = [];
    private readonly Dictionary<string, StubIde> _servers = [];

    public static TheoryData<string> All => [.. Profiles];

    public RunningHub this[string profile] => _hubs[profile];

    /// <summary>A table whose rows name a case and what each version makes of it, as one test per field.</summary>
    public static TheoryData<string, string, T> Table<T>(params (string Case, T V30, T V41, T V55, T V60)[] rows)
    {
        var fields = new TheoryData<string, string, T>();
        foreach (var (name, v30, v41, v55, v60) in rows)
        {
            fields.Add(Profiles[0], name, v30);
            fields.Add(Profiles[1], name, v41);
            fields.Add(Profiles[2], name, v55);
            fields.Add(Profiles[3], name, v60);
        }

        return fields;
    }

    /// <summary>What alice's server plays.</summary>
    internal StubIde Server(string profile) => _servers[profile];

    public async Task InitializeAsync()
    {
        foreach (var profile in Profiles)
        {
            _servers[profile] = await StubIde.StartAsync();
        }

        var started = await Task.WhenAll(Profiles.Select(profile => RunningHub.StartAsync(
            ("Profile", profile),
            ("Users:alice", "pw"),
            ("Users:bob", "pw"),
            ("Users:root", "pw"),
            ("Admins", "root"),
            ("Servers:0:User", "alice"),
            ("Servers:0:Url", _servers[profile].Url.ToString()),
            ("Servers:0:ApiToken", AliceToken),
            ("Services:0:Name", "monitor"),
            ("Services:0:ApiToken", MonitorToken),
            ("Services:0:Scopes", "read:metrics"),
            ("Services:1:Name", "operator"),
            ("Services:1:ApiToken", OperatorToken),
            ("Services:1:Scopes", "servers"))));
        foreach (var (profile, hub) in Profiles.Zip(started))
        {
            _hubs[profile] = hub;
            await Eventually.Is(() => hub.Process.Output.Contains(" is Ready.", StringComparison.Ordinal), $"hub {profile} finds alice's server ready");
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var hub in _hubs.Values)
        {
            await hub.DisposeAsync();
        }

        foreach (var server in _servers.Values)
        {
            await server.DisposeAsync();
        }
    }
}

/// <summary>The tests that share one hub for each version; none of them may change what another relies on.</summary>
[CollectionDefinition(Name)]
public sealed class ProfileHubTests : ICollectionFixture<ProfileHubs>
{
    public const string Name = "hubs of all versions";
}
