using Waiide.Gateway;
using Waiide.Tests.Support;

namespace Waiide.Tests.Docs;

public sealed class ConfigurationPageTests
{
    [Fact]
    public void The_page_has_a_row_for_each_setting_as_help_says_it_and_no_other()
    {
        var expected = GatewayOptionsTable.Own.Concat(GatewayOptionsTable.FromHub)
            .Select(setting => $"| `{setting.Name}` | {setting.Default} | {setting.Meaning} |");

        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs", "configuration.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal));

        Assert.Equal(expected, rows);
    }
}
