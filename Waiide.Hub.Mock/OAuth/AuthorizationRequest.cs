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
    /// <param name="agreed">The scopes that the user agreed to; null as long as nobody was asked.</param>
    public static AuthorizationRequest Read(IQueryCollection query, HubState hub, VersionProfile profile, IEnumerable<string>? agreed, out string? error)
    {
        foreach (var name in Single.Where(name => query[name].Count > 1))
        {
            throw new HubError(StatusCodes.Status400BadRequest, $"Duplicate {name} parameter.");
        }

        var clients = OAuthClients.Find(hub, Value("client_id") ?? throw new HubError(StatusCodes.Status400BadRequest, "Missing client_id parameter."));
        if (clients.Length == 0)
        {
            throw new HubError(StatusCodes.Status400BadRequest, "Invalid client_id parameter value.");
        }

        var redirectUri = Value("redirect_uri");
        var server = clients.FirstOrDefault(client => redirectUri is null || redirectUri == client.CallbackUrl)
            ?? throw new HubError(StatusCodes.Status400BadRequest, "Mismatching redirect URI.");

        // "identify" was the name of what every client may ask.
        var tooMuch = (agreed ?? Value("scope")?.Split(' ') ?? []).Except([.. Scopes.OfOAuthClient(server), "identify"]);
        var (challenge, method) = (Value("code_challenge"), Value("code_challenge_method"));
        error = Value("response_type") switch
        {
            null => Invalid("Missing response_type parameter."),
            not "code" => "error=unsupported_response_type",
            _ when challenge is not null && !Pkce.Takes(method, profile) => Invalid("Transform algorithm not supported."),
            _ when challenge is not null && profile.EnforcesPkce && !Pkce.IsWellFormed(challenge) => Invalid("Malformed code_challenge parameter."),
            _ when tooMuch.Any() => "error=invalid_scope",
            _ => null,
        };
        return new AuthorizationRequest(server, Value("state"), profile.EnforcesPkce ? challenge : null);

        // What is there but empty was said.
        string? Value(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;
        static string Invalid(string description) => $"error=invalid_request&error_description={Encode(description)}";
    }

    /// <summary>The address that the browser takes an answer to.</summary>
    public string Callback(string answer) =>
        $"{Server.CallbackUrl}?{answer}{(string.IsNullOrEmpty(State) ? "" : "&state=" + Encode(State))}";

    // As forms are encoded: a space is a plus.
    private static string Encode(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
