using System.Security.Claims;
using Waiide.Gateway.Hub;

namespace Waiide.Gateway.Auth;

/// <summary>Whose a hub's token is, and whether it still opens this server later on.</summary>
internal sealed class HubAccess(GatewayOptions options, TokenCache users, Sessions sessions, KnownVisitors visitors, TimeProvider clock)
{
    private const string HubSessionCookie = "jupyterhub-session-id";

    // How long an open exchange outlives the hub's last word about a token of which only the hub knows the end. A session has an end of its own, which the hub has set.
    private static readonly TimeSpan WithoutAWord = TimeSpan.FromDays(1);

    /// <summary>The owner of <paramref name="token"/>, which came in the header, or in <paramref name="session"/>; null: nobody. Leaves its <see cref="Standing"/>.</summary>
    internal async Task<ClaimsPrincipal?> IdentifyAsync(HttpContext context, string token, Sessions.Session? session)
    {
        var hubSession = Cookies.Values(context.Request, HubSessionCookie).FirstOrDefault() ?? "";
        if (await users.FindAsync(token, hubSession, toUs: session is not null) is not { } user)
        {
            return null;
        }

        var standing = StandingOf(token, hubSession, session);
        context.Features.Set(standing);
        using var span = Traces.Begin("scope check");
        var principal = SignedIn.HubUser(user, options, session is null ? SignedIn.ByToken : SignedIn.ByCookie);
        span?.SetTag("waiide.access", Access.MayAdministerServer(principal) ? "administer" : Access.MayUseServer(principal) ? "use" : "none");
        if (session is not null && users.Hold(token, hubSession, user) is { } held)
        {
            visitors.Identified(context, principal, standing, session, held);
        }

        return principal;
    }

    private Standing StandingOf(string token, string hubSession, Sessions.Session? session)
    {
        var silence = new HubSilence(clock);
        return new Standing(async () =>
        {
            if (session is not null && sessions.Objection(session) is { } objection)
            {
                return objection;
            }

            if (silence.Look() is not { } begun)
            {
                return WithoutAnswer();
            }

            try
            {
                // The hub has known it once: no stranger's queue stands between it and its end.
                var user = await users.FindAsync(token, hubSession, toUs: true);
                silence.Answered();
                return user is null ? EndReason.LoginRevoked
                    : HubScopes.Reach(options.Hub!.AccessScopes, user.Scopes) ? null
                    : EndReason.AccessWithdrawn;
            }
            catch (HubException)
            {
                silence.Failed(begun);
                return WithoutAnswer();
            }
        });

        // A hub that is down has withdrawn nothing, and must not cut anybody off from work in progress.
        EndReason? WithoutAnswer() => session is null && silence.IsLongerThan(WithoutAWord) ? EndReason.HubSilent : null;
    }
}
