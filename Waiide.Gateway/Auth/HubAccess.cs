using System.Security.Claims;
using Waiide.Gateway.Hub;

namespace Waiide.Gateway.Auth;

/// <summary>Whose a hub's token is, and whether it still opens this server later on.</summary>
internal sealed class HubAccess(GatewayOptions options, TokenCache users, Sessions sessions, KnownVisitors visitors, TimeProvider clock)
{
    private const string HubSessionCookie = "jupyterhub-session-id";

    // How long an open exchange outlives the hub's last word about a token of which only the hub knows the end. A session has an end of its own, which the hub has set.
    private static readonly TimeSpan WithoutAWord = TimeSpan.FromDays(1);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(45);

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
        var (lastWord, failures, next) = (clock.GetUtcNow(), 0, DateTimeOffset.MinValue);
        return new Standing(async () =>
        {
            if (session is not null && sessions.Objection(session) is { } objection)
            {
                return objection;
            }

            if (clock.GetUtcNow() < next)
            {
                return WithoutAnswer();
            }

            try
            {
                var user = await users.FindAsync(token, hubSession, toUs: session is not null);
                (lastWord, failures) = (clock.GetUtcNow(), 0);
                return user is null ? EndReason.LoginRevoked
                    : HubScopes.Reach(options.Hub!.AccessScopes, user.Scopes) ? null
                    : EndReason.AccessWithdrawn;
            }
            catch (HubException)
            {
                next = clock.GetUtcNow() + PauseAfter(++failures, Random.Shared.NextDouble());
                return WithoutAnswer();
            }
        });

        // A hub that is down has withdrawn nothing, and must not cut anybody off from work in progress.
        EndReason? WithoutAnswer() => session is not null || clock.GetUtcNow() - lastWord < WithoutAWord ? null : EndReason.HubSilent;
    }

    /// <summary>
    /// How long the hub is let alone about what is open after it has failed so many times; <paramref name="share"/> is a random number from 0 to 1. One failure is made good at the next look, and
    /// thousands of servers do not fall upon a hub in the seconds in which it comes back.
    /// </summary>
    internal static TimeSpan PauseAfter(int failures, double share) =>
        failures < 2 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(failures - 1, 10))) * (0.5 + (0.5 * share));
}
