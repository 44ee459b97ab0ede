using System.Net;

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

    /// <summary>Hub:Profile: the JupyterHub version to answer as.</summary>
    public VersionProfile Profile { get; init; } = VersionProfile.All[VersionProfile.Default];

    /// <summary>Hub:Users:name=password and Hub:Admins.</summary>
    public IReadOnlyList<UserOptions> Users { get; init; } = [];

    /// <summary>Hub:Servers:n: servers that run without the hub having started them.</summary>
    public IReadOnlyList<ServerOptions> Servers { get; init; } = [];

    /// <summary>The path of the hub itself, with a slash at both ends.</summary>
    public string HubPrefix => BaseUrl + "hub/";
}

/// <summary>One user who may sign in.</summary>
internal sealed record UserOptions(string Name, string Password, bool IsAdmin);

/// <summary>One server known from the start; an empty name is the user's default server.</summary>
internal sealed record ServerOptions(string User, string Name, Uri Url, string ApiToken);
