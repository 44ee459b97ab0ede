using System.Security.Cryptography;
using System.Text;

namespace Waiide.Hub.Mock.State;

/// <summary>Where a server is in its life, as the hub last saw it.</summary>
internal enum ServerState
{
    /// <summary>Not answering yet.</summary>
    Pending,

    /// <summary>Answering.</summary>
    Ready,

    /// <summary>Gave no answer for so long that it counts as stopped.</summary>
    Stopped,
}

/// <summary>A single-user server: its address, its place in the hub's URLs and its identity as an OAuth client.</summary>
internal sealed class Server(User user, string name, Uri url, string apiToken, string baseUrl, DateTimeOffset started)
{
    private readonly byte[] _secretHash = Encoding.ASCII.GetBytes(Secrets.Hash(apiToken));
    private volatile ServerState _state = ServerState.Pending;

    public User User { get; } = user;

    public string Name { get; } = name;

    /// <summary>Where the hub reaches it: scheme, host and port.</summary>
    public Uri Url { get; } = url;

    /// <summary>Its prefix as browsers see it, percent-encoded, with a slash at both ends.</summary>
    public string Prefix { get; } = $"{baseUrl}user/{HubNames.Segment(user.Name)}/{(name.Length == 0 ? "" : HubNames.Segment(name) + "/")}";

    /// <summary>Its path below the hub's API, from which it is started, stopped and watched.</summary>
    public string ApiPath { get; } = $"users/{HubNames.Segment(user.Name)}/{(name.Length == 0 ? "server" : "servers/" + HubNames.Segment(name))}";

    /// <summary>Its name in scopes, not escaped: alice/ or alice/env-one.</summary>
    public string FullName { get; } = $"{user.Name}/{name}";

    public string ClientId { get; } = HubNames.ClientId(user.Name, name);

    /// <summary>The only redirect_uri that its OAuth client may use, byte for byte.</summary>
    public string CallbackUrl => Prefix + "oauth_callback";

    /// <summary>Whether this is the secret of the OAuth client, which is the server's own token.</summary>
    public bool HasSecret(string secret) => CryptographicOperations.FixedTimeEquals(_secretHash, Encoding.ASCII.GetBytes(Secrets.Hash(secret)));

    public string Description => $"Server at {Prefix}";

    public DateTimeOffset Started { get; } = started;

    public LastActivity LastActivity { get; } = new(started);

    public ServerState State
    {
        get => _state;
        set => _state = value;
    }
}
