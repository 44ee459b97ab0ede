using System.Collections.Concurrent;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>A hub of each version, with the same users, groups, services and roles. Tests change only what they made.</summary>
public sealed class ApiHubs : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, Lazy<Task<RunningHub>>> _hubs = new();
    private StubIde _alice = null!;

    public static TheoryData<string> Versions { get; } = ["3.0", "4.1", "5.5", "6.0"];

    public Task<RunningHub> Of(string version) => _hubs.GetOrAdd(version, _ => new Lazy<Task<RunningHub>>(() => StartAsync(version))).Value;

    /// <summary>A service of the hub: boss is an admin, the others have the scopes that their names say.</summary>
    public async Task<ApiClient> As(string service, string version = "5.5") => new((await Of(version)).Api, $"{service}-token-0123456789abcdef");

    public async Task<ApiClient> Anonymous(string version = "5.5") => new((await Of(version)).Api, token: null);

    public async Task InitializeAsync() => _alice = await StubIde.StartAsync();

    public async Task DisposeAsync()
    {
        foreach (var hub in _hubs.Values)
        {
            await (await hub.Value).DisposeAsync();
        }

        await _alice.DisposeAsync();
    }

    private async Task<RunningHub> StartAsync(string version)
    {
        var settings = new List<(string, string)>
        {
            ("Profile", version), ("Admins", "root"), ("Groups:team", "alice,bob"), ("Groups:other", "dave"),
            ("Users:root", "pw"), ("Users:alice", "pw"), ("Users:bob", "pw"), ("Users:dave", "pw"), ("Users:zoe", "pw"),
            ("Servers:0:User", "alice"), ("Servers:0:Url", _alice.Url.ToString()), ("Servers:0:ApiToken", "alice-server-token-0123456789"),
            ("Servers:1:User", "dave"), ("Servers:1:Url", "http://127.0.0.1:9"), ("Servers:1:ApiToken", "dave-server-token-0123456789"),
        };
        Service("boss", "");
        Service("tester", "admin:users,admin:servers,tokens,admin:groups,list:services,read:hub,proxy,read:metrics,access:servers");
        Service("team", "users!group=team,tokens!group=team,read:groups!group=team,list:groups!group=team,read:servers!group=team,users:activity!group=team");
        Service("mixed", "read:users:name!user=alice,read:users:activity!user=bob,read:services:name!service=tester,list:services!service=tester");
        Service("server", "read:servers!server=alice/");
        Service("users", "admin:users");
        Role("team-role", "access:servers!user=dave,read:users:name!group=other", ("Groups", "team"));
        Role("greeter", "read:hub", ("Users", "bob"));
        Role("planner", "admin:servers", ("Users", "carol"));
        var hub = await RunningHub.StartAsync([.. settings]);
        await hub.Process.WaitForOutput("/user/alice/ is Ready.");
        return hub;

        void Service(string name, string scopes)
        {
            var service = $"Services:{settings.Count}";
            settings.AddRange([($"{service}:Name", name), ($"{service}:ApiToken", $"{name}-token-0123456789abcdef")]);
            settings.Add(scopes.Length == 0 ? ($"{service}:Admin", "true") : ($"{service}:Scopes", scopes));
        }

        void Role(string name, string scopes, (string Whom, string Names) to) =>
            settings.AddRange([($"Roles:{name}:Scopes", scopes), ($"Roles:{name}:{to.Whom}", to.Names)]);
    }
}

/// <summary>The tests that share the hubs of every version.</summary>
[CollectionDefinition(Name)]
public sealed class ApiTests : ICollectionFixture<ApiHubs>
{
    public const string Name = "hub api";
}
