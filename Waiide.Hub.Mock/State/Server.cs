using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Waiide.Hub.Mock.State;

/// <summary>Where a server is in its life, as the hub last saw it.</summary>
internal enum ServerState
{
    /// <summary>Not running.</summary>
    Stopped,

    /// <summary>Not answering yet.</summary>
    Spawning,

    /// <summary>Answering.</summary>
    Ready,

    /// <summary>Told to stop, and not gone yet.</summary>
    Stopping,
}

/// <summary>A single-user server: its place in the hub's URLs, its identity as an OAuth client and, while it runs, its address.</summary>
internal sealed class Server(User user, string name, string baseUrl, bool isAttached)
{
    private readonly string _baseUrl = baseUrl;
    private volatile ServerState _state;
    private volatile byte[] _secretHash = [];

    public User User { get; } = user;

    public string Name { get; } = name;

    /// <summary>Known from Hub:Servers: it runs without the hub having started it, so the hub cannot start or stop it either.</summary>
    public bool IsAttached { get; } = isAttached;

    /// <summary>Where the hub reaches it: scheme, host and port; null while it is stopped.</summary>
    public Uri? Url { get; set; }

    /// <summary>Its prefix as browsers see it, percent-encoded, with a slash at both ends.</summary>
    public string Prefix => $"{_baseUrl}user/{HubNames.Segment(User.Name)}/{(Name.Length == 0 ? "" : HubNames.Segment(Name) + "/")}";

    /// <summary>Its path below the hub's API, from which it is started, stopped and watched.</summary>
    public string ApiPath => $"users/{HubNames.Segment(User.Name)}/{(Name.Length == 0 ? "server" : "servers/" + HubNames.Segment(Name))}";

    /// <summary>Its name in scopes, not escaped: alice/ or alice/env-one.</summary>
    public string FullName => $"{User.Name}/{Name}";

    public string ClientId => HubNames.ClientId(User.Name, Name);

    /// <summary>The only redirect_uri that its OAuth client may use, byte for byte.</summary>
    public string CallbackUrl => Prefix + "oauth_callback";

    public string Description => $"Server at {Prefix}";

    /// <summary>When it was last started; null if it never was.</summary>
    public DateTimeOffset? Started { get; set; }

    public LastActivity LastActivity { get; } = new();

    /// <summary>The body of the request that started it.</summary>
    public JsonObject UserOptions { get; set; } = [];

    /// <summary>The process that the hub started; null if there is none.</summary>
    public int? ProcessId { get; set; }

    /// <summary>When that process was started, in clock ticks since the machine's start: an id alone may be another process's by now.</summary>
    public long? ProcessStarted { get; set; }

    /// <summary>The X-JupyterHub-Version that it answered with last, empty if it had none; null as long as it did not answer.</summary>
    public string? Version { get; set; }

    /// <summary>Its name in JupyterHub's messages: alice or alice:env-one.</summary>
    public string LogName => Name.Length == 0 ? User.Name : $"{User.Name}:{Name}";

    public ServerState State
    {
        get => _state;
        set => _state = value;
    }

    /// <summary>Whether this is the secret of the OAuth client, which is the server's own token.</summary>
    public bool HasSecret(string secret) => CryptographicOperations.FixedTimeEquals(_secretHash, Encoding.ASCII.GetBytes(Secrets.Hash(secret)));

    /// <summary>The secret for this run of the server, as its hash.</summary>
    internal void SetSecretHash(string hash) => _secretHash = Encoding.ASCII.GetBytes(hash);

    internal string SecretHash => Encoding.ASCII.GetString(_secretHash);
}
