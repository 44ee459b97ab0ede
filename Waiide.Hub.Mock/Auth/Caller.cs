using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Auth;

/// <summary>Who asks, and what they may do: a token's owner, or whoever signed in with this browser.</summary>
internal sealed record Caller(Owner Owner, IReadOnlySet<string> Scopes, Token? Token, Session? Session)
{
    /// <summary>The user who asks; null if it is a service.</summary>
    public User? User => Owner as User;

    /// <summary>The user who signed in: for endpoints that only browsers reach (<see cref="GateExtensions.ForSignedIn"/>).</summary>
    public User SignedIn => (User)Owner;
}

/// <summary>Finds the caller of a request.</summary>
internal sealed class Callers(HubState state, Sessions sessions, Xsrf xsrf, TimeProvider clock)
{
    /// <summary>By token, else by cookie: for the API.</summary>
    public async Task<Caller?> AnyAsync(HttpContext context) => ByToken(context.Request) ?? await SignedInAsync(context);

    /// <summary>By cookie only: for pages, where a token has no business.</summary>
    public async Task<Caller?> SignedInAsync(HttpContext context)
    {
        var caller = BySession(context);
        if (caller is not null)
        {
            await xsrf.CheckAsync(context, caller.Session);
        }

        return caller;
    }

    /// <summary>By cookie, without asking whether the request was forged: for what changes nothing.</summary>
    public Caller? BySession(HttpContext context) =>
        sessions.Of(context) is { } session ? new Caller(session.User, Scopes.Of(session.User), Token: null, session) : null;

    public Caller? ByToken(HttpRequest request)
    {
        // "token x" or "Bearer x", in any case. Anything else is not for us.
        var parts = request.Headers.Authorization.ToString().Split(' ', 2, StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || parts[0].ToUpperInvariant() is not ("TOKEN" or "BEARER") || state.Tokens.Find(parts[1]) is not { } token)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        token.LastActivity.Record(now);
        (token.Owner as User)?.LastActivity.Record(now);
        return new Caller(token.Owner, token.Scopes, token, Session: null);
    }
}
