using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Api;

/// <summary>A user's tokens: made, listed, revoked.</summary>
internal static class TokenEndpoints
{
    public static Answer List(HubState state, string user) => Answer.Json(new JsonObject
    {
        ["api_tokens"] = new JsonArray([.. state.Tokens.Of(ApiEndpoints.FindUser(state, user)).Select(Models.Token)]),
    });

    public static Answer Get(HubState state, string user, string id) => Answer.Json(Models.Token(Find(state, user, id)));

    public static async Task<Answer> Create(HttpContext context, HubState state, string user)
    {
        var caller = context.Caller();
        if (state.FindUser(user) is not { } owner || !Scopes.Reach(caller.Scopes, "tokens", user))
        {
            throw new HubError(StatusCodes.Status403Forbidden, $"User {new LogText(user)} not found or no permissions to generate tokens");
        }

        var body = await ApiEndpoints.ReadJsonAsync(context) switch
        {
            null => [],
            JsonObject given => given,
            _ => throw Bad("body must be a json dict"),
        };
        var note = Text(body["note"], "note") ?? (caller.User == owner ? "Requested via api" : $"Requested via api by user {caller.Owner.Name}");
        var token = state.CreateApiToken(owner, Wanted(body["scopes"], owner, caller), note, Lifetime(body["expires_in"]), out var secret);
        var model = Models.Token(token);
        model["token"] = secret;
        return Answer.Json(model, StatusCodes.Status201Created);
    }

    public static Answer Delete(HubState state, string user, string id)
    {
        var token = Find(state, user, id);

        // An OAuth client may hold several tokens of one user; whoever revokes one means the client.
        state.Tokens.Revoke(other => other.Owner == token.Owner && (other.Id == token.Id || (token.ClientId != Token.HubClient && other.ClientId == token.ClientId)));
        return Answer.Empty(StatusCodes.Status204NoContent, contentType: null);
    }

    private static Token Find(HubState state, string user, string id) =>
        state.Tokens.Of(ApiEndpoints.FindUser(state, user)).FirstOrDefault(token => token.Id == id)
        ?? throw new HubError(StatusCodes.Status404NotFound, "Token not found None"); // JupyterHub's own words.

    private static HashSet<string> Wanted(JsonNode? scopes, User owner, Caller caller)
    {
        var held = Scopes.Of(owner);
        if (scopes is null)
        {
            return Held(held, caller);
        }

        var asked = (scopes as JsonArray ?? throw Bad("scopes must be a list")).Select(scope => Text(scope, "scope") ?? "").ToArray();
        if (asked.Contains("inherit"))
        {
            return Held(held, caller);
        }

        if (asked.FirstOrDefault(scope => !Scopes.Exists(scope)) is { } unknown)
        {
            throw Bad($"Scope '{new LogText(unknown)}' does not exist");
        }

        var wanted = Scopes.Expand([.. asked, .. Scopes.Identify(owner)], owner);
        var excess = wanted.Where(scope => !Scopes.Cover(held, scope)).ToArray();
        return excess.Length == 0 ? Held(wanted, caller) : throw Bad($"Not assigning requested scopes {new LogText(string.Join(',', excess))} not held by User {owner.Name}");
    }

    // A token cannot make one that may do more than itself.
    private static HashSet<string> Held(IReadOnlySet<string> wanted, Caller caller) =>
        wanted.Where(scope => Scopes.Cover(caller.Scopes, scope)).ToHashSet(StringComparer.Ordinal);

    private static TimeSpan? Lifetime(JsonNode? seconds) => seconds switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out double number) && number is > 0 and < 1e9 => TimeSpan.FromSeconds(number),
        _ => throw Bad("expires_in must be a number of seconds"),
    };

    private static string? Text(JsonNode? node, string name) => node switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => throw Bad($"{name} must be a string"),
    };

    private static HubError Bad(string message) => new(StatusCodes.Status400BadRequest, message);
}
