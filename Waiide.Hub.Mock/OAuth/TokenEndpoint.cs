using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.OAuth;

/// <summary>Where a server exchanges a code for a token: POST /hub/api/oauth2/token, a form with the client's secret in it.</summary>
internal static class TokenEndpoint
{
    private static readonly string[] Single = ["client_id", "grant_type", "redirect_uri"];
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(1_209_600);

    public static void MapToken(this IEndpointRouteBuilder routes, HubOptions options) =>
        routes.MapPost(options.HubPrefix + "api/oauth2/token", Exchange).AllowAnonymous(); // The client proves itself with its secret.

    private static async Task<Answer> Exchange(HttpContext context, HubState state, AuthorizationCodes codes)
    {
        using var span = HubTraces.Begin("oauth token");
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.Pragma = "no-cache";
        // A form whatever its content type says; anything else is a form without the fields that it takes.
        using var reader = new FormReader(context.Request.Body);
        var form = await reader.ReadFormAsync(context.RequestAborted);

        // The order of these questions is oauthlib's, so that a request with two mistakes hears of the same one.
        var isRefresh = Value("grant_type") == "refresh_token";
        if (!isRefresh && Value("grant_type") != "authorization_code")
        {
            return Refuse("unsupported_grant_type");
        }

        var needed = isRefresh ? "refresh_token" : "code";
        if (Value(needed) is not { } code)
        {
            return Refuse("invalid_request", $"Missing {needed.Replace('_', ' ')} parameter.");
        }

        if (!isRefresh && Single.FirstOrDefault(name => form.GetValueOrDefault(name).Count > 1) is { } twice)
        {
            return Refuse("invalid_request", $"Duplicate {twice} parameter.");
        }

        var secret = Value("client_secret") ?? "";
        if (OAuthClients.Find(state, Value("client_id") ?? "").FirstOrDefault(client => client.HasSecret(secret)) is not { } server)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_client\"";
            return Refuse("invalid_client", status: StatusCodes.Status401Unauthorized);
        }

        if (isRefresh)
        {
            return Refuse("unauthorized_client"); // Nobody gets refresh tokens.
        }

        if (codes.Find(code) is not { } authorization || authorization.Server != server)
        {
            return Refuse("invalid_grant");
        }

        if (authorization.CodeChallenge is { } challenge)
        {
            if (Value("code_verifier") is not { } verifier)
            {
                return Refuse("invalid_request", "Code verifier required.");
            }

            if (!Pkce.Meets(verifier, challenge))
            {
                return Refuse("invalid_grant");
            }
        }

        if (Value("redirect_uri") is { } redirectUri && redirectUri != server.CallbackUrl)
        {
            return Refuse("invalid_request", "Mismatching redirect URI.");
        }

        return codes.Redeem(code) ? Grant(authorization, state) : Refuse("invalid_grant");

        // What is there but empty was said; of what is there twice the last counts.
        string? Value(string name) => form.GetValueOrDefault(name).LastOrDefault();
    }

    private static Answer Grant(Authorization authorization, HubState state)
    {
        var server = authorization.Server;
        if (state.CreateOAuthToken(server, authorization.SecretHash, authorization.Session, Lifetime) is not { } secret)
        {
            return Refuse("invalid_grant"); // The server or the session has ended since the code was found.
        }

        Activity.Current?.SetTag("waiide.oauth.outcome", "granted");
        return Answer.Json(new JsonObject
        {
            ["access_token"] = secret,
            ["expires_in"] = (int)Lifetime.TotalSeconds,
            ["token_type"] = "Bearer",
            ["scope"] = string.Join(' ', Scopes.OfOAuthClient(server)),
        });
    }

    private static Answer Refuse(string error, string? description = null, int status = StatusCodes.Status400BadRequest)
    {
        Activity.Current?.SetTag("waiide.oauth.outcome", error);
        var body = new JsonObject { ["error"] = error };
        if (description is not null)
        {
            body["error_description"] = description;
        }

        return Answer.Json(body, status);
    }
}
