using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Auth;

/// <summary>Who asks, and what they may do: a token's owner, or whoever signed in with this browser.</summary>
/// <param name="Granted">Their scopes as JupyterHub tells them.</param>
/// <param name="Scopes">The same, with the members of groups that scopes are filtered by: what every check looks at.</param>
internal sealed record Caller(Owner Owner, IReadOnlySet<string> Granted, IReadOnlySet<string> Scopes, Token? Token, Session? Session)
{
    /// <summary>The user who asks; null if it is a service.</summary>
    public User? User => Owner as User;

    /// <summary>The user who signed in: for endpoints that only browsers reach (<see cref="GateExtensions.ForSignedIn"/>).</summary>
    public User SignedIn => (User)Owner;
}

/// <summary>Finds the caller of a request.</summary>
internal sealed class Callers(HubState state, Permissions permissions, Sessions sessions, Xsrf xsrf, TimeProvider clock)
{
    // As JupyterHub's activity_resolution: who asks all the time is not written down all the time.
    private static readonly TimeSpan Resolution = TimeSpan.FromSeconds(30);

    /// <summary>By token, else by cookie: for the API.</summary>
    public async Task<Caller?> AnyAsync(HttpContext context) => ByToken(context) ?? await SignedInAsync(context);

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
    public Caller? BySession(HttpContext context)
    {
        // A session outlives neither its user nor its user's name: another may come to bear it.
        if (sessions.Of(context) is not { } session || state.FindUser(session.User.Name) != session.User)
        {
            return null;
        }

        Record(session.User.LastActivity, clock.GetUtcNow());
        return Of(session.User, permissions.Of(session.User, IsSpared(context)), token: null, session);
    }

    /// <summary>Whether they show a token that is valid, whatever it is for.</summary>
    public bool HasToken(HttpContext context) => TokenOf(context) is not null;

    public Caller? ByToken(HttpContext context)
    {
        if (TokenOf(context) is not { } token)
        {
            return null;
        }

        var now = clock.GetUtcNow();
        Record(token.LastActivity, now);
        if (token.Owner is User user)
        {
            Record(user.LastActivity, now);
        }

        return Of(token.Owner, permissions.Of(token, IsSpared(context)), token, session: null);
    }

    // "token x" or "Bearer x", in any case. Anything else is not for us.
    private Token? TokenOf(HttpContext context)
    {
        var parts = context.Request.Headers.Authorization.ToString().Split(' ', 2, StringSplitOptions.TrimEntries);
        return parts.Length == 2 && parts[0].ToUpperInvariant() is ("TOKEN" or "BEARER") ? state.Tokens.Find(parts[1]) : null;
    }

    private Caller Of(Owner owner, IReadOnlySet<string> granted, Token? token, Session? session) =>
        new(owner, granted, permissions.Follow(granted), token, session);

    // Nobody withdraws from themselves what gives it back.
    private static bool IsSpared(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<KeepsScopes>() is not null;

    private static void Record(LastActivity activity, DateTimeOffset now)
    {
        if (activity.Latest is not { } latest || now - latest > Resolution)
        {
            activity.Record(now);
        }
    }
}
