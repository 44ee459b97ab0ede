namespace Waiide.Tests.Conformance;

/// <summary>The results as a table.</summary>
internal static class Report
{
    /// <summary>Prints a line for each exchange that differs, with what was recorded and what was given; with <paramref name="verbose"/>, for each that matched, too.</summary>
    public static void Print(string profile, IReadOnlyList<Result> results, bool verbose)
    {
        var recorded = Exchange.Recorded(profile);
        Console.WriteLine($"JupyterHub {recorded[0].Answer["X-JupyterHub-Version"]} (Hub:Profile={profile})");
        foreach (var result in results.Where(result => verbose || !result.Matches))
        {
            var exchange = result.Exchange;
            var mark = result.Matches ? "ok" : "DIFFERS";
            Console.WriteLine($"  {mark,-8} {exchange.Name,-44} {exchange.Request.Method,-7} {exchange.Request.Target.Split('?')[0]}");
            foreach (var difference in result.Differences)
            {
                Console.WriteLine($"             {difference.Field}\n               recorded {difference.Recorded}\n               given    {difference.Given}");
            }
        }

        var (hub, ours) = (results.Where(result => result.Exchange.AnsweredBy != AnsweredBy.SingleUser).ToArray(), recorded.Count(exchange => exchange.AnsweredBy == AnsweredBy.SingleUser));
        var matched = hub.Count(result => result.Matches);
        Console.WriteLine($"  {Summary(profile)}; matched {matched} of {hub.Length} ({100.0 * matched / hub.Length:0.0} %)");
    }

    /// <summary>What was recorded and whose it is.</summary>
    public static string Summary(string profile)
    {
        var recorded = Exchange.Recorded(profile);
        return $"recorded {recorded.Count}, the hub's {recorded.Count(exchange => exchange.AnsweredBy == AnsweredBy.Hub)}, the proxy's {recorded.Count(exchange => exchange.AnsweredBy == AnsweredBy.Proxy)}, "
            + $"single-user servers' own {recorded.Count(exchange => exchange.AnsweredBy == AnsweredBy.SingleUser)} (not replayed)";
    }
}
