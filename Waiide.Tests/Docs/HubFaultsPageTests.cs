using System.Text.RegularExpressions;
using Waiide.Hub.Mock.Faults;
using Waiide.Tests.Build;

namespace Waiide.Tests.Docs;

/// <summary>docs/hub-faults.md against the faults that there are.</summary>
public sealed partial class HubFaultsPageTests
{
    private static readonly string Page = Sources.Text("docs/hub-faults.md");

    [Fact]
    public void The_page_has_every_kind_with_its_keys_and_no_other()
    {
        // | `slow` | `delay` `rate` | ...
        var rows = Kind().Matches(Page).Select(match => $"{match.Groups[1].Value}: {match.Groups[2].Value.Replace("`", "", StringComparison.Ordinal)}");
        Assert.Equal(FaultKind.All.Values.Select(kind => $"{kind.Name}: {string.Join(' ', kind.Keys)}"), rows);
    }

    [Fact]
    public void The_page_has_every_key_with_what_it_takes_and_no_other()
    {
        // | `count` | a whole number from 1: so many requests ... |
        var rows = Key().Matches(Page[Page.IndexOf("| key |", StringComparison.Ordinal)..]).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        Assert.Equal(FaultKey.All.Keys, rows.Keys);
        Assert.All(FaultKey.All.Values, key => Assert.StartsWith(key.Takes, rows[key.Name], StringComparison.Ordinal));
    }

    [GeneratedRegex(@"^\| `([a-z-]+)` \| (`[a-z]+`(?: `[a-z]+`)*) \|", RegexOptions.Multiline)]
    private static partial Regex Kind();

    [GeneratedRegex(@"^\| `([a-z]+)` \| ([^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex Key();
}
