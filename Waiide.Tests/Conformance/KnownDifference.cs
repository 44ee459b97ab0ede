namespace Waiide.Tests.Conformance;

/// <summary>A recorded exchange that our hub answers differently, the field, and why; also in docs/hub-conformance.md.</summary>
internal sealed record KnownDifference(string Profile, string Exchange, string Field, string Why)
{
    public static IReadOnlyList<KnownDifference> All { get; } = [];

    public static bool Explains(Result result) => !result.Matches && result.Differences.All(difference => Of(result.Exchange).Any(known => known.Field == difference.Field));

    public static IEnumerable<KnownDifference> Of(Exchange exchange) => All.Where(known => known.Profile == exchange.Profile && known.Exchange == exchange.Name);
}
