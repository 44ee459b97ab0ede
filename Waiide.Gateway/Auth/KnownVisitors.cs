using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace Waiide.Gateway.Auth;

/// <summary>
/// Those whom authentication and authorization have let in a moment ago, by the cookies that they came with: the next of a page's hundred requests costs a look instead of a decryption and the framework's
/// way through both. It is a "yes" to the same endpoint for the same Cookie line, letter by letter; whatever else a request has to show for itself takes the long way. Nothing is known longer than the hub's
/// word is remembered (<see cref="TokenCache"/>), nor when the session was signed out or is over.
/// </summary>
internal sealed class KnownVisitors(GatewayOptions options, Sessions sessions, TokenCache tokens, TimeProvider clock)
{
    // Of one person's tabs, each path with cookies of its own. Of those who are let in only, so nobody else can fill it.
    private const int Many = 200;
    private const int LongestLine = 8 * 1024;

    private readonly ConcurrentDictionary<(string Cookies, Endpoint Endpoint), Visitor> _known = new();

    /// <summary>
    /// Somebody who has come by the cookie of <paramref name="session"/>; <paramref name="held"/> is the hub's word about its token, where there is a hub. A feature of each of their requests, which share it:
    /// the user that it names is never another.
    /// </summary>
    internal sealed class Visitor(ClaimsPrincipal user, Standing standing, Sessions.Session session, TokenCache.Held? held, DateTimeOffset until) : IHttpAuthenticationFeature
    {
        public ClaimsPrincipal? User
        {
            get => user;
            set => throw new InvalidOperationException("A visitor who is known stays who they are.");
        }

        internal Standing Standing => standing;

        internal Sessions.Session Session => session;

        internal TokenCache.Held? Held => held;

        internal DateTimeOffset Until => until;
    }

    /// <summary>Authentication has found out who it is; whether they are let in is still to be seen.</summary>
    internal void Identified(HttpContext context, ClaimsPrincipal user, Standing standing, Sessions.Session session, TokenCache.Held? held) =>
        context.Features.Set(new Visitor(user, standing, session, held, clock.GetUtcNow() + TokenCache.Known));

    /// <summary>They are let in.</summary>
    internal void Remember(HttpContext context)
    {
        if (context.Features.Get<Visitor>() is not { } visitor || !ReferenceEquals(context.User, visitor.User) || CookiesOf(context.Request) is not { Length: <= LongestLine } cookies
            || context.GetEndpoint() is not { } endpoint || endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return;
        }

        if (_known.Count >= Many)
        {
            _known.Clear(); // Everybody takes the long way once.
        }

        _known[(cookies, endpoint)] = visitor;
    }

    /// <summary>True where the request needs to ask nobody any more; it then has its user and their <see cref="Standing"/>.</summary>
    internal bool Admit(HttpContext context)
    {
        // A request that is traced takes the long way, so that its trace shows it.
        if (System.Diagnostics.Activity.Current is { Recorded: true } || CookiesOf(context.Request) is not { } cookies || context.GetEndpoint() is not { RequestDelegate: not null } endpoint
            || !_known.TryGetValue((cookies, endpoint), out var visitor))
        {
            return false;
        }

        if (visitor.Until <= clock.GetUtcNow() || sessions.Objection(visitor.Session) is not null || (visitor.Held is { } held && !tokens.Holds(held)))
        {
            _known.TryRemove(KeyValuePair.Create((cookies, endpoint), visitor));
            return false;
        }

        if (CrossSite.Objection(context, originIsRequired: true) is not null)
        {
            return false; // Refused on the long way, in words.
        }

        context.Features.Set<IHttpAuthenticationFeature>(visitor);
        context.Features.Set(visitor.Standing);
        return true;
    }

    // Null where anything but one line of cookies says who it is, or a cookie is not enough.
    private string? CookiesOf(HttpRequest request) =>
        request.Headers is { Authorization.Count: 0, Cookie: [{ } cookies] } headers && (options.Hub is not { WebSocketsByCookie: false } || !headers.ContainsKey("Upgrade")) ? cookies : null;
}
