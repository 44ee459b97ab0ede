using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.Pages;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.OAuth;

/// <summary>Where servers send browsers to find out who is there: one's own server learns it at once, another's after a question.</summary>
internal static class AuthorizeEndpoint
{
    public static void MapAuthorize(this IEndpointRouteBuilder routes, HubOptions options)
    {
        routes.MapGet(options.HubPrefix + "api/oauth2/authorize", Ask).ForSignedIn();
        routes.MapPost(options.HubPrefix + "api/oauth2/authorize", Confirm).ForSignedIn();
    }

    private static Answer Ask(HttpContext context, HubOptions options, HubState state, AuthorizationCodes codes, Xsrf xsrf)
    {
        var request = AuthorizationRequest.Read(context.Request.Query, state, out var error);
        if (error is not null)
        {
            return Answer.Redirect(request.Callback(error));
        }

        var caller = Admit(context, request);
        return IsKnown(caller, request.Server, state.Tokens)
            ? Grant(request, caller, codes)
            : Answer.Page(ConfirmPage.Of(options, request.Server, caller.SignedIn, xsrf.TokenFor(context, caller.Session)));
    }

    // The gate has checked _xsrf: the answer comes from our own page.
    private static Answer Confirm(HttpContext context, HubState state, AuthorizationCodes codes)
    {
        var request = AuthorizationRequest.Read(context.Request.Query, state, out var error);
        return error is not null ? Answer.Redirect(request.Callback(error)) : Grant(request, Admit(context, request), codes);
    }

    private static Caller Admit(HttpContext context, AuthorizationRequest request)
    {
        var caller = context.Caller();
        return Scopes.Reach(caller.Scopes, "access:servers", request.Server)
            ? caller
            : throw new HubError(StatusCodes.Status403Forbidden, $"You do not have permission to access {request.Server.Description}");
    }

    // One's own server, or one that this user has let in before.
    private static bool IsKnown(Caller caller, Server server, Tokens tokens) =>
        server.User == caller.SignedIn || tokens.Of(caller.SignedIn).Any(token => token.ClientId == server.ClientId);

    private static Answer Grant(AuthorizationRequest request, Caller caller, AuthorizationCodes codes) =>
        Answer.Redirect(request.Callback("code=" + codes.Issue(request.Server, caller.SignedIn, caller.Session!.Id, request.CodeChallenge)));
}
