using Waiide.Tests.Build;
using Waiide.Tests.Conformance;

namespace Waiide.Tests.Docs;

/// <summary>docs/hub-conformance.md against the lists that the comparison goes by.</summary>
public sealed class HubConformancePageTests
{
    [Fact]
    public void What_is_not_compared_word_for_word_is_published() =>
        Assert.Equal(Normalised.List.Select(row => $"| {row.What} | {row.How} |"), Rows("What is not compared word for word"));

    [Fact]
    public void Headers_that_are_not_compared_are_published_with_the_reason() =>
        Assert.Equal(Normalised.Headers.Select(header => $"| `{header.Key}` | {header.Value} |"), Rows("Headers that are not compared"));

    [Fact]
    public void What_our_hub_says_beyond_the_real_one_is_published() => Assert.Equal(
        Normalised.Further.Select(header => $"| `{header.Key}: {header.Value.Value}` | {header.Value.Where} |").Append($"| {string.Join(", ", Normalised.FurtherDirectives.Select(name => $"`{name}`"))} in `Content-Security-Policy` | pages |"),
        Rows("What our hub says beyond the real one"));

    [Fact]
    public void What_is_held_without_a_recording_names_tests_that_there_are()
    {
        var named = Rows("What is held for 4.1 and 6.0").Select(row => row.Split('`')[^2].Split('.')).ToArray();

        Assert.NotEmpty(named);
        Assert.All(named, test => Assert.NotNull(typeof(Waiide.Tests.Hub.ProfileTests).Assembly.GetType($"Waiide.Tests.Hub.{test[0]}")?.GetMethod(test[1])));
    }

    [Fact]
    public void What_was_recorded_is_counted_as_the_command_counts_it()
    {
        var page = Sources.Text("docs/hub-conformance.md");

        Assert.All(["3.0", "5.5"], profile => Assert.Contains(Report.Summary(profile), page, StringComparison.Ordinal));
    }

    // The rows of the table below a heading, without its own first two lines.
    private static IEnumerable<string> Rows(string heading) =>
        Sources.Text("docs/hub-conformance.md").Split($"\n## {heading}\n")[1].Split("\n## ")[0].Split('\n').Where(line => line.StartsWith('|')).Skip(2);
}
