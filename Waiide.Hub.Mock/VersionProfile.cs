namespace Waiide.Hub.Mock;

/// <summary>
/// What differs between the JupyterHub versions that this hub can answer as: one row per version, here and nowhere else.
/// Nothing asks for a version by its number; whoever needs a difference reads, or adds, the property that names it.
/// </summary>
internal sealed record VersionProfile
{
    /// <summary>The version that a hub answers as when nothing else is asked for.</summary>
    public const string Default = "5.5";

    /// <summary>Every version by the name that Hub:Profile takes.</summary>
    public static IReadOnlyDictionary<string, VersionProfile> All { get; } = new Dictionary<string, VersionProfile>
    {
        ["3.0"] = new()
        {
            Version = "3.0.0", ReadinessPath = "", FrameAncestors = "'self'",
            HasXsrfCookie = false, TakesForeignSubresources = true, EnforcesPkce = false, ServerTokenReachesAllServers = true,
            AllowsAnyOrigin = false, TellsFullNames = false, TellsTokenId = false, TellsUserInfo = false, TellsDisplayName = false,
            TellsCookieHostPrefix = false, TellsPublicUrls = false, HasPlainServerNames = false,
            TellsMissingCredentials = false, ChecksTokenRequests = false, NamesMissingTokens = false,
            HasGroupProperties = false, SortsUsers = false, HasShares = false, HasServiceAdministration = false,
        },
        ["4.1"] = new()
        {
            Version = "4.1.6", ReadinessPath = "", FrameAncestors = "'none'",
            HasXsrfCookie = true, TakesForeignSubresources = true, EnforcesPkce = false, ServerTokenReachesAllServers = false,
            AllowsAnyOrigin = false, TellsFullNames = false, TellsTokenId = false, TellsUserInfo = false, TellsDisplayName = false,
            TellsCookieHostPrefix = true, TellsPublicUrls = false, HasPlainServerNames = false,
            TellsMissingCredentials = true, ChecksTokenRequests = true, NamesMissingTokens = false,
            HasGroupProperties = true, SortsUsers = false, HasShares = false, HasServiceAdministration = true,
        },
        ["5.5"] = new()
        {
            Version = "5.5.1", ReadinessPath = "api", FrameAncestors = "'none'",
            HasXsrfCookie = true, TakesForeignSubresources = false, EnforcesPkce = false, ServerTokenReachesAllServers = false,
            AllowsAnyOrigin = true, TellsFullNames = true, TellsTokenId = true, TellsUserInfo = false, TellsDisplayName = false,
            TellsCookieHostPrefix = true, TellsPublicUrls = true, HasPlainServerNames = false,
            TellsMissingCredentials = true, ChecksTokenRequests = true, NamesMissingTokens = true,
            HasGroupProperties = true, SortsUsers = true, HasShares = true, HasServiceAdministration = true,
        },
        ["6.0"] = new()
        {
            Version = "6.0.0b2", ReadinessPath = "api", FrameAncestors = "'none'",
            HasXsrfCookie = true, TakesForeignSubresources = false, EnforcesPkce = true, ServerTokenReachesAllServers = false,
            AllowsAnyOrigin = true, TellsFullNames = true, TellsTokenId = true, TellsUserInfo = true, TellsDisplayName = true,
            TellsCookieHostPrefix = true, TellsPublicUrls = true, HasPlainServerNames = true,
            TellsMissingCredentials = true, ChecksTokenRequests = true, NamesMissingTokens = true,
            HasGroupProperties = true, SortsUsers = true, HasShares = true, HasServiceAdministration = true,
        },
    };

    /// <summary>The value of X-JupyterHub-Version.</summary>
    public required string Version { get; init; }

    /// <summary>What the hub polls below a server's prefix until it answers.</summary>
    public required string ReadinessPath { get; init; }

    /// <summary>Who may put the hub's pages and answers into a frame.</summary>
    public required string FrameAncestors { get; init; }

    /// <summary>Forged requests are told by the cookie _xsrf (since 4.0); before, by the Referer.</summary>
    public required bool HasXsrfCookie { get; init; }

    /// <summary>A no-cors GET from another site passes with the cookie alone (until 5.4.5, CVE-2026-40864).</summary>
    public required bool TakesForeignSubresources { get; init; }

    /// <summary>A code that was asked for with a challenge is given a token only for its verifier (RFC 7636).</summary>
    public required bool EnforcesPkce { get; init; }

    /// <summary>A server's own token reaches all servers of its user, and not only itself.</summary>
    public required bool ServerTokenReachesAllServers { get; init; }

    /// <summary>API answers carry Access-Control-Allow-Origin: *.</summary>
    public required bool AllowsAnyOrigin { get; init; }

    /// <summary>Server models have full_name, full_url and full_progress_url.</summary>
    public required bool TellsFullNames { get; init; }

    /// <summary>/hub/api/user has token_id.</summary>
    public required bool TellsTokenId { get; init; }

    /// <summary>/hub/api/user has user_info.</summary>
    public required bool TellsUserInfo { get; init; }

    /// <summary>Server models have display_name.</summary>
    public required bool TellsDisplayName { get; init; }

    /// <summary>Servers are told JUPYTERHUB_COOKIE_HOST_PREFIX_ENABLED.</summary>
    public required bool TellsCookieHostPrefix { get; init; }

    /// <summary>Servers are told JUPYTERHUB_PUBLIC_URL and JUPYTERHUB_PUBLIC_HUB_URL.</summary>
    public required bool TellsPublicUrls { get; init; }

    /// <summary>Named servers are called [a-z](-?[a-z0-9])*, at most 30 letters; before, anything without a slash.</summary>
    public required bool HasPlainServerNames { get; init; }

    /// <summary>An API call without credentials is told so (since 4.0.2); before, it heard which scopes it needs.</summary>
    public required bool TellsMissingCredentials { get; init; }

    /// <summary>A request for a token with scopes that do not exist, or with values of another type, is a 400; before, the hub failed with a 500.</summary>
    public required bool ChecksTokenRequests { get; init; }

    /// <summary>A token that is not there is named in the 404; before, it was called None.</summary>
    public required bool NamesMissingTokens { get; init; }

    /// <summary>Groups have properties.</summary>
    public required bool HasGroupProperties { get; init; }

    /// <summary>The list of users can be sorted.</summary>
    public required bool SortsUsers { get; init; }

    /// <summary>Users can share servers: /hub/api/shares and its scopes.</summary>
    public required bool HasShares { get; init; }

    /// <summary>There is the scope admin:services.</summary>
    public required bool HasServiceAdministration { get; init; }
}
