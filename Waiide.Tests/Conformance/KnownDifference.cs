namespace Waiide.Tests.Conformance;

/// <summary>A recorded exchange that our hub answers differently, the field, and why; also in docs/hub-conformance.md.</summary>
internal sealed record KnownDifference(string Profile, string Exchange, string Field, string Why)
{
    private const string Hop = "Connection is about one hop: our proxy keeps its connections to servers open and does not pass it on, configurable-http-proxy does.";

    public static IReadOnlyList<KnownDifference> All { get; } =
    [
        new("3.0", "400-chp-forwarded-headers", "headers.connection", Hop),
        new("3.0", "401-chp-forwarded-spoof", "headers.connection", Hop),
        new("3.0", "403-weird-403", "headers.connection", Hop),
        new("3.0", "406-weird-406", "headers.connection", Hop),
    ];

    public static bool Explains(Result result) => !result.Matches && result.Differences.All(difference => Of(result.Exchange).Any(known => known.Field == difference.Field));

    public static IEnumerable<KnownDifference> Of(Exchange exchange) => All.Where(known => known.Profile == exchange.Profile && known.Exchange == exchange.Name);
}
