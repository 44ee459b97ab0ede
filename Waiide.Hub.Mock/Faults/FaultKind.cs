namespace Waiide.Hub.Mock.Faults;

/// <summary>Everything that can go wrong: one row per kind, held against docs/hub-faults.md by a test.</summary>
/// <param name="Name">As the API and the configuration write it.</param>
/// <param name="Keys">What can be said about it.</param>
internal sealed record FaultKind(string Name, params string[] Keys)
{
    private static readonly string[] OfRequests = ["paths", "at", "share", "count", "duration"];

    public static readonly FaultKind Error = new("error", ["status", .. OfRequests]);
    public static readonly FaultKind Slow = new("slow", ["delay", "rate", .. OfRequests]) { NeedsOneOf = ["delay", "rate"] };
    public static readonly FaultKind Cut = new("cut", ["bytes", .. OfRequests]);
    public static readonly FaultKind Unreachable = new("unreachable", "how", "at", "duration") { UsualDuration = TimeSpan.FromSeconds(10) };
    public static readonly FaultKind TokenRevoked = new("token-revoked", "user", "server", "id", "tokens") { IsAct = true, NeedsOneOf = ["user", "server", "id"] };
    public static readonly FaultKind TokenExpired = new("token-expired", "user", "server", "id", "tokens", "in") { IsAct = true, NeedsOneOf = ["user", "server", "id"] };
    public static readonly FaultKind ScopeWithdrawn = new("scope-withdrawn", "scope", "user", "duration") { NeedsOneOf = ["scope"] };
    public static readonly FaultKind ClockSkew = new("clock-skew", "seconds", "duration") { NeedsOneOf = ["seconds"] };
    public static readonly FaultKind Restart = new("restart", "away", "process") { IsAct = true };
    public static readonly FaultKind ActivityLost = new("activity-lost", "status", "user", "share", "count", "duration");
    public static readonly FaultKind RouteLost = new("route-lost", "user", "server", "duration") { NeedsOneOf = ["user", "server"] };
    public static readonly FaultKind Version = new("version", "version", "duration") { NeedsOneOf = ["version"] };

    public static IReadOnlyDictionary<string, FaultKind> All { get; } =
        new[] { Error, Slow, Cut, Unreachable, TokenRevoked, TokenExpired, ScopeWithdrawn, ClockSkew, Restart, ActivityLost, RouteLost, Version }
            .ToDictionary(kind => kind.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>It happens at once and is over: there is nothing to end, and no sense in it at the start.</summary>
    public bool IsAct { get; private init; }

    /// <summary>Of these, one must be said.</summary>
    public string[] NeedsOneOf { get; private init; } = [];

    /// <summary>How long it lasts when nothing else is said; null: until it is ended.</summary>
    public TimeSpan? UsualDuration { get; private init; }
}
