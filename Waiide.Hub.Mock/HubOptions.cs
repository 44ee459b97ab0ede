using System.Net;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock;

/// <summary>Every setting of the hub (Hub:*), as read and validated before anything listens.</summary>
internal sealed record HubOptions
{
    /// <summary>Hub:FrontPort: where browsers go; /user/... is proxied from here.</summary>
    public int FrontPort { get; init; } = 8000;

    /// <summary>Hub:ApiPort: where servers reach the hub's API; nothing is proxied from here.</summary>
    public int ApiPort { get; init; } = 8081;

    /// <summary>Hub:Address: the address that both ports are opened on.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>Hub:BaseUrl: the path that the hub and all servers live under, with a slash at both ends.</summary>
    public string BaseUrl { get; init; } = "/";

    /// <summary>Hub:PublicUrl: scheme, host and port that browsers use where something stands in front; null: as the request says.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>Hub:Operator: who runs this hub, as its login page says it; null: nobody is named.</summary>
    public string? Operator { get; init; }

    /// <summary>Hub:Profile: the JupyterHub version to answer as.</summary>
    public VersionProfile Profile { get; init; } = VersionProfile.All[VersionProfile.Default];

    /// <summary>Hub:Database: the SQLite file that keeps what a restart must not lose; ":memory:" keeps nothing.</summary>
    public string Database { get; init; } = ":memory:";

    /// <summary>Hub:Users:name=password and Hub:Admins.</summary>
    public IReadOnlyList<UserOptions> Users { get; init; } = [];

    /// <summary>Hub:DummyPassword: lets everybody in under any name, as JupyterHub's DummyAuthenticator does; null: only users with a password of their own.</summary>
    public string? DummyPassword { get; init; }

    /// <summary>Hub:Groups:name=ada,bob.</summary>
    public IReadOnlyList<GroupOptions> Groups { get; init; } = [];

    /// <summary>Hub:Roles:name: scopes for users, groups and services.</summary>
    public IReadOnlyList<Role> Roles { get; init; } = [];

    /// <summary>Hub:Services:n: programs with a token and scopes of their own.</summary>
    public IReadOnlyList<ServiceOptions> Services { get; init; } = [];

    /// <summary>Hub:Servers:n: servers that run without the hub having started them.</summary>
    public IReadOnlyList<ServerOptions> Servers { get; init; } = [];

    /// <summary>Hub:Spawner:*: how servers are started and stopped.</summary>
    public SpawnerOptions Spawner { get; init; } = new();

    /// <summary>Hub:Proxy:*: the front proxy, ours or somebody else's.</summary>
    public ProxyOptions Proxy { get; init; } = new();

    /// <summary>Hub:Faults:*: what the hub is made to do wrong.</summary>
    public FaultOptions Faults { get; init; } = new();

    /// <summary>The path of the hub itself, with a slash at both ends.</summary>
    public string HubPrefix => BaseUrl + "hub/";

    /// <summary>Where servers find the API, without a slash at its end.</summary>
    public string ApiUrl => $"{Spawner.HubConnectUrl?.GetLeftPart(UriPartial.Authority) ?? $"http://{ApiEndPoint}"}{HubPrefix}api";

    // An address that stands for all is none to connect to.
    private IPEndPoint ApiEndPoint => new(Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : Address, ApiPort);
}

/// <summary>One user who may sign in.</summary>
internal sealed record UserOptions(string Name, string Password, bool IsAdmin);

/// <summary>One group and its members.</summary>
internal sealed record GroupOptions(string Name, IReadOnlyList<string> Users);

/// <summary>One service: a program that calls the API with a token of its own (Hub:Services:n:Name, ApiToken, Admin, Scopes).</summary>
internal sealed record ServiceOptions(string Name, string ApiToken, bool IsAdmin, IReadOnlyList<string> Scopes);

/// <summary>One server known from the start; an empty name is the user's default server.</summary>
internal sealed record ServerOptions(string User, string Name, Uri Url, string ApiToken);
