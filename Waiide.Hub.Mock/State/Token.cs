namespace Waiide.Hub.Mock.State;

/// <summary>What a token stands for; the secret itself is kept only as a hash, as the key that finds this.</summary>
internal sealed record Token
{
    /// <summary>The name in URLs: a1, a2, ...</summary>
    public required string Id { get; init; }

    public required Owner Owner { get; init; }

    /// <summary>What it was made for. What it may do now is <see cref="Permissions"/>' to say: less, when its owner may do less.</summary>
    public required IReadOnlySet<string> Scopes { get; init; }

    public required DateTimeOffset Created { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public string Note { get; init; } = "";

    /// <summary>The login session that an OAuth token ends with.</summary>
    public string? SessionId { get; init; }

    /// <summary>The server whose own token this is.</summary>
    public Server? Server { get; init; }

    /// <summary>The server whose OAuth client was given this token, by whoever let it in; null: no OAuth client was.</summary>
    public Server? Client { get; init; }

    public string ClientDescription => Client?.Description ?? "JupyterHub";

    public LastActivity LastActivity { get; } = new();
}
