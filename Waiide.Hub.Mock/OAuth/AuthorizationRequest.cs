using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.OAuth;

/// <summary>What a server asks for through the browser: GET /hub/api/oauth2/authorize.</summary>
internal sealed record AuthorizationRequest(Server Server, string? State, string? CodeChallenge)
{
    private static readonly string[] Single = ["client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method"];

    /// <summary>
    /// Reads the request. Who asks and where to answer must be right, or the error stays with the hub (<see cref="HubError"/>);
    /// every other mistake goes back to the server, in <paramref name="error"/>.
    /// </summary>
    /// <param name="granted">The scopes that the user agreed to, if they were asked.</param>
    public static AuthorizationRequest Read(IQueryCollection query, HubState hub, VersionProfile profile, IEnumerable<string> granted, out string? error)
    {
        foreach (var name in Single.Where(name => query[name].Count > 1))
        {
            throw new HubError(StatusCodes.Status400BadRequest, $"Duplicate {name} parameter.");
        }

        var clientId = Value("client_id") ?? throw new HubError(StatusCodes.Status400BadRequest, "Missing client_id parameter.");
        var clients = OAuthClients.Find(hub, clientId);
        if (clients.Length == 0)
        {
            throw new HubError(StatusCodes.Status400BadRequest, "Invalid client_id parameter value.");
        }

        var redirectUri = Value("redirect_uri");
        var server = clients.FirstOrDefault(client => redirectUri is null || redirectUri == client.CallbackUrl)
            ?? throw new HubError(StatusCodes.Status400BadRequest, "Mismatching redirect URI.");

        // "identify" was the name of what every client may ask.
        var scopes = (Value("scope")?.Split(' ') ?? []).Concat(granted).Except([.. Scopes.OfOAuthClient(server), "identify"]);
        var (challenge, method) = (Value("code_challenge"), Value("code_challenge_method"));
        error = Value("response_type") switch
        {
            null => Invalid("Missing response_type parameter."),
            not "code" => "error=unsupported_response_type",
            _ when challenge is not null && !Pkce.Takes(method, profile) => Invalid("Transform algorithm not supported."),
            _ when challenge is not null && profile.EnforcesPkce && !Pkce.IsWellFormed(challenge) => Invalid("Malformed code_challenge parameter."),
            _ when scopes.Any() => "error=invalid_scope",
            _ => null,
        };
        return new AuthorizationRequest(server, Value("state"), profile.EnforcesPkce ? challenge : null);

        string? Value(string name) => query[name].ToString() is { Length: > 0 } value ? value : null;
        static string Invalid(string description) => $"error=invalid_request&error_description={Uri.EscapeDataString(description)}";
    }

    /// <summary>The address that the browser takes an answer to.</summary>
    public string Callback(string answer) =>
        $"{Server.CallbackUrl}?{answer}{(State is null ? "" : "&state=" + Uri.EscapeDataString(State))}";
}
