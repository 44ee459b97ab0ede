using System.Reflection;
using System.Text.RegularExpressions;
using Waiide.Tests.Build;

namespace Waiide.Tests.Docs;

/// <summary>docs/security-classes.md against the tests that it names.</summary>
public sealed partial class SecurityClassesPageTests
{
    private static readonly Type[] Classes = [.. typeof(SecurityClassesPageTests).Assembly.GetTypes().Where(type => TestClass().IsMatch(type.Name) && !type.IsNested)];

    [Fact]
    public void Every_class_has_its_row_and_its_test()
    {
        // | S1 | class | what we do | `S01_SecondProtocolPathTests` |
        var rows = Row().Matches(Sources.Text("docs/security-classes.md")).Select(match => (Id: int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture), Test: match.Groups[2].Value)).ToArray();

        Assert.Equal(Enumerable.Range(1, 20), rows.Select(row => row.Id));
        Assert.All(rows, row => Assert.StartsWith($"S{row.Id:00}_", row.Test, StringComparison.Ordinal));
        Assert.Equal(Classes.Select(type => type.Name).Order(StringComparer.Ordinal), rows.Select(row => row.Test).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Each_of_them_tests_something() =>
        Assert.All(Classes, type => Assert.Contains(type.GetMethods(), method => method.GetCustomAttributes<FactAttribute>().Any()));

    [Fact]
    public void Every_other_test_that_the_page_names_exists()
    {
        var names = typeof(SecurityClassesPageTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet();
        Assert.All(Named().Matches(Sources.Text("docs/security-classes.md")), match => Assert.Contains(match.Groups[1].Value, names));
    }

    [GeneratedRegex(@"^S\d\d_")]
    private static partial Regex TestClass();

    [GeneratedRegex(@"^\| S(\d+) \|.*\| `(S\d\d_\w+)`", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(\w+Tests)`")]
    private static partial Regex Named();
}
