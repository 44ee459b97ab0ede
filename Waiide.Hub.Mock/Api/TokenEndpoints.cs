using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Api;

/// <summary>A user's tokens: made, listed, revoked.</summary>
internal static class TokenEndpoints
{
    // Nobody fills the hub's memory with their tokens.
    private const int LongestRequest = 16 * 1024;
    private const int MostTokens = 1000;

    public static Answer List(HubState state, Models models, string user) => Answer.Json(new JsonObject
    {
        // The one that was not used for longest is the first.
        ["api_tokens"] = new JsonArray([.. state.Tokens.Of(Owner(state, user)).OrderBy(token => token.LastActivity.Latest ?? token.Created).Select(models.Token)]),
    });

    public static Answer Get(HubState state, HubOptions options, Models models, string user, string id) => Answer.Json(models.Token(Find(state, options, user, id)));

    public static async Task<Answer> Create(HttpContext context, HubState state, Models models, TokenRequests requests, string user)
    {
        var caller = context.Caller();
        var body = await JsonBody.ReadAsync(context, LongestRequest) switch
        {
            JsonObject given => given,
            var other => Python.IsFalse(other) ? [] : throw JsonBody.Bad("Body must be a JSON dict or empty"),
        };

        // JupyterHub lets services make tokens for everybody or for nobody: it takes their filters for filters by service.
        if (state.FindUser(user) is not { } owner || !(caller.User is null ? caller.Scopes.Contains("tokens") : Scopes.Reach(caller.Scopes, "tokens", user)))
        {
            var kind = caller.Owner.Kind;
            throw new HubError(StatusCodes.Status403Forbidden, $"{char.ToUpperInvariant(kind[0])}{kind[1..]} {user} not found or no permissions to generate tokens");
        }

        var request = requests.Read(body, owner, caller);
        if (state.Tokens.Of(owner).Count(other => other.Client is null) >= MostTokens)
        {
            throw JsonBody.Bad($"User {owner.Name} already has the maximum of {MostTokens} tokens.  One must be revoked before a new one can be made");
        }

        var token = state.CreateApiToken(owner, request.Scopes, request.Note, request.Lifetime, out var secret);
        var model = models.Token(token);
        model["token"] = secret;
        return Answer.Json(model, StatusCodes.Status201Created);
    }

    public static Answer Delete(HubState state, HubOptions options, string user, string id)
    {
        var token = Find(state, options, user, id);

        // An OAuth client may hold several tokens of one user; whoever revokes one means the client.
        state.Tokens.Revoke(other => other.Owner == token.Owner && (other.Id == token.Id || (token.Client is not null && other.Client == token.Client)));
        return Answer.Empty(StatusCodes.Status204NoContent, contentType: null);
    }

    private static Token Find(HubState state, HubOptions options, string user, string id)
    {
        var isId = id.StartsWith('a') && long.TryParse(id.AsSpan(1), out _);
        return state.Tokens.Of(Owner(state, user)).FirstOrDefault(token => token.Id == id)
            ?? throw new HubError(StatusCodes.Status404NotFound, isId && !options.Profile.NamesMissingTokens ? "Token not found None" : $"No such token {id} for user {user}");
    }

    private static User Owner(HubState state, string user) =>
        state.FindUser(user) ?? throw new HubError(StatusCodes.Status404NotFound, $"No such user: {user}");
}
