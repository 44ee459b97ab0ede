using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Waiide.Gateway;

/// <summary>
/// What the gateway counts and times, from its start on, because /metrics may be asked at any time: every call is cheap and allocates nothing. Names and units go by OpenTelemetry's
/// conventions, every attribute has few values. What can be asked for at any moment (memory, the IDE's state, idleness) is said by the stages themselves, in the same meter; docs/telemetry.md has all of it.
/// </summary>
internal sealed class GatewayMetrics
{
    internal const string MeterName = "Waiide.Gateway";

    private const string Upstream = "waiide.upstream";
    private const string Outcome = "waiide.outcome";
    private const string Reason = "waiide.reason";
    private const string Direction = "network.io.direction";

    // From a cached file to a page that waits for the IDE.
    private static readonly InstrumentAdvice<double> Exchanges = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };

    // Our own part is to be a millisecond.
    private static readonly InstrumentAdvice<double> OwnParts = new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 10] };

    // From a socket that is turned away to one of a whole day.
    private static readonly InstrumentAdvice<double> Sessions = new() { HistogramBucketBoundaries = [1, 10, 60, 300, 1800, 3600, 14400, 43200, 86400] };

    private readonly Histogram<double> _requests, _own, _upstream, _sockets, _hub;
    private readonly UpDownCounter<long> _open;
    private readonly Counter<long> _opened, _bytes, _lookups, _refused;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateHistogram("waiide.request.duration", "s", "Time from a request to the end of its answer, WebSockets left out.", advice: Exchanges);
        _own = meter.CreateHistogram("waiide.request.own.duration", "s", "Time that the gateway itself takes before it asks an upstream.", advice: OwnParts);
        _upstream = meter.CreateHistogram("waiide.request.upstream.duration", "s", "Time until the head of an upstream's answer.", advice: Exchanges);
        _open = meter.CreateUpDownCounter<long>("waiide.websocket.open", "{connection}", "WebSockets that are open.");
        _opened = meter.CreateCounter<long>("waiide.websocket.opened", "{connection}", "WebSockets that upstreams have agreed to.");
        _sockets = meter.CreateHistogram("waiide.websocket.duration", "s", "How long WebSockets lasted that have ended, by the reason; its count is the number of ends.", advice: Sessions);
        _bytes = meter.CreateCounter<long>("waiide.websocket.io", "By", "Bytes over WebSockets, received from browsers and transmitted to them.");
        _hub = meter.CreateHistogram("waiide.hub.request.duration", "s", "Time until the hub's API has answered.", advice: Exchanges);
        _lookups = meter.CreateCounter<long>("waiide.token_cache.lookup", "{lookup}", "Questions whose a token is: remembered (hit), or asked of the hub (miss).");
        _refused = meter.CreateCounter<long>("waiide.signin.refused", "{refusal}", "Sign-ins and credentials that were refused, by the reason.");
    }

    internal void RequestEnded(string route, string upstream, string outcome, TimeSpan duration) =>
        _requests.Record(duration.TotalSeconds, new("http.route", route), new(Upstream, upstream), new(Outcome, outcome));

    internal void AskedUpstream(string upstream, TimeSpan own) => _own.Record(own.TotalSeconds, new KeyValuePair<string, object?>(Upstream, upstream));

    internal void UpstreamAnswered(string upstream, TimeSpan duration) => _upstream.Record(duration.TotalSeconds, new KeyValuePair<string, object?>(Upstream, upstream));

    internal void SocketOpened(string upstream)
    {
        _open.Add(1, new KeyValuePair<string, object?>(Upstream, upstream));
        _opened.Add(1, new KeyValuePair<string, object?>(Upstream, upstream));
    }

    /// <summary>One that was open no longer is, though nobody may know yet why.</summary>
    internal void SocketClosed(string upstream) => _open.Add(-1, new KeyValuePair<string, object?>(Upstream, upstream));

    internal void SocketEnded(string upstream, string reason, TimeSpan duration) => _sockets.Record(duration.TotalSeconds, new(Upstream, upstream), new(Reason, reason));

    internal void SocketReceives(string upstream, int bytes) => _bytes.Add(bytes, new(Upstream, upstream), new(Direction, "receive"));

    internal void SocketSends(string upstream, int bytes) => _bytes.Add(bytes, new(Upstream, upstream), new(Direction, "transmit"));

    /// <param name="endpoint">version, user, token, activity.</param>
    /// <param name="outcome">ok, unusable, unreachable, cancelled.</param>
    /// <param name="since">When it was asked (Stopwatch).</param>
    internal void HubAnswered(string endpoint, string outcome, long since) =>
        _hub.Record(Stopwatch.GetElapsedTime(since).TotalSeconds, new("waiide.hub.endpoint", endpoint), new(Outcome, outcome));

    internal void TokenLookedUp(bool isHit) => _lookups.Add(1, new KeyValuePair<string, object?>("waiide.result", isHit ? "hit" : "miss"));

    /// <param name="reason">One of <see cref="SignInRefusals"/>.</param>
    internal void SignInRefused(string reason) => _refused.Add(1, new KeyValuePair<string, object?>(Reason, reason));
}

/// <summary>Why somebody was not let in.</summary>
internal static class SignInRefusals
{
    internal const string NotSignedIn = "not_signed_in";
    internal const string WrongToken = "wrong_token";
    internal const string TooManyGuesses = "too_many_guesses";
    internal const string NotAllowed = "not_allowed";
    internal const string CrossSite = "cross_site";
    internal const string HubUnavailable = "hub_unavailable";
    internal const string HubRefused = "hub_refused";
    internal const string NoLogin = "no_login";
    internal const string UsedUp = "used_up";
    internal const string CookiesNotKept = "cookies_not_kept";
}
