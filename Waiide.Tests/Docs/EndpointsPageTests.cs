using System.Text.RegularExpressions;
using Waiide.Tests.Security;
using Waiide.Tests.Support;

namespace Waiide.Tests.Docs;

/// <summary>docs/endpoints.md against "Waiide.Gateway endpoints" in both modes.</summary>
[Collection(nameof(Gateways))]
public sealed partial class EndpointsPageTests(Gateways gateways)
{
    [Fact]
    public void The_page_has_every_endpoint_with_who_may_call_it_and_no_other()
    {
        var endpoints = gateways.EndpointsIn(Gateways.UnderHub).Concat(gateways.EndpointsIn(Gateways.Standalone)).Select(row => $"{Plain(row.Pattern)}: {row.Who}").Distinct();

        // | `/api/status` | GET | anyone | ... |
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "endpoints.md")).Select(line => Row().Match(line)).Where(match => match.Success).Select(match => $"{Plain(match.Groups[1].Value)}: {match.Groups[2].Value}");

        Assert.Equal(endpoints.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    private static string Plain(string pattern) => pattern.Length > 1 ? pattern.TrimEnd('/') : pattern;

    [GeneratedRegex(@"^\| `(/[^`]*)` \| (anyone|users of this server|users of this server, and monitors|administrators of this server) \|")]
    private static partial Regex Row();
}
