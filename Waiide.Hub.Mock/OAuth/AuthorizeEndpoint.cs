using System.Diagnostics;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.Pages;
using Waiide.Hub.Mock.State;
using Waiide.ServiceDefaults;

namespace Waiide.Hub.Mock.OAuth;

/// <summary>Where servers send browsers to find out who is there: one's own server learns it at once, another's after a question.</summary>
internal static class AuthorizeEndpoint
{
    public static void MapAuthorize(this IEndpointRouteBuilder routes, HubOptions options)
    {
        routes.MapGet(options.HubPrefix + "api/oauth2/authorize", Ask).ForSignedIn();
        routes.MapPost(options.HubPrefix + "api/oauth2/authorize", Confirm).ForSignedIn();
    }

    private static Answer Ask(HttpContext context, HubOptions options, HubState state, AuthorizationCodes codes, Sessions sessions, Xsrf xsrf)
    {
        using var span = HubTraces.Begin("oauth authorize");
        var request = AuthorizationRequest.Read(context.Request.Query, state, options.Profile, agreed: null, out var error);
        if (error is not null)
        {
            return Answer.Redirect(request.Callback(error));
        }

        var caller = Admit(context, request);
        sessions.Remind(context, caller.Session!);
        if (IsKnown(caller, request.Server, state.Tokens))
        {
            return Grant(request, caller, codes);
        }

        span?.SetTag("waiide.oauth.outcome", "question");
        Journey.GoesOn(context); // Somebody has to answer, but has come on purpose.
        return Answer.Page(ConfirmPage.Of(options, request.Server, caller.SignedIn, xsrf.TokenFor(context, caller.Session)));
    }

    private static async Task<Answer> Confirm(HttpContext context, HubOptions options, HubState state, AuthorizationCodes codes)
    {
        using var span = HubTraces.Begin("oauth confirm");

        // The answer comes from our own page: the gate has checked _xsrf, or the address that the question was asked on tells.
        if (!options.Profile.HasXsrfCookie)
        {
            RefererRule.CheckSamePage(context.Request, options);
        }

        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : FormCollection.Empty;
        var request = AuthorizationRequest.Read(context.Request.Query, state, options.Profile, form["scopes"].OfType<string>(), out var error);
        return error is not null ? Answer.Redirect(request.Callback(error)) : Grant(request, Admit(context, request), codes);
    }

    private static Caller Admit(HttpContext context, AuthorizationRequest request)
    {
        var caller = context.Caller();
        return Scopes.Reach(caller.Scopes, "access:servers", request.Server)
            ? caller
            : throw new HubError(StatusCodes.Status403Forbidden, $"You do not have permission to access {request.Server.Description}");
    }

    // One's own server, or one whose tokens of this user reach all that it asks for.
    private static bool IsKnown(Caller caller, Server server, Tokens tokens) =>
        server.User == caller.SignedIn
        || Scopes.Expand(Scopes.OfOAuthClient(server), caller.SignedIn).IsSubsetOf(
            tokens.Of(caller.SignedIn).Where(token => token.Client == server).SelectMany(token => token.Scopes));

    private static Answer Grant(AuthorizationRequest request, Caller caller, AuthorizationCodes codes)
    {
        Activity.Current?.SetTag("waiide.oauth.outcome", "granted");
        return Answer.Redirect(request.Callback("code=" + codes.Issue(request.Server, caller.Session!, request.CodeChallenge)));
    }
}
