using System.Reflection;
using System.Text.RegularExpressions;
using Waiide.Gateway;

namespace Waiide.Tests.Docs;

/// <summary>docs/telemetry.md against the tables in the code; the metrics' rows are held against a running gateway in MetricsTests.</summary>
public sealed partial class TelemetryPageTests
{
    [Fact]
    public void The_page_has_every_reason_with_its_words_and_no_other()
    {
        var expected = EndReasons.Table.Select(row => $"| `{row.Name}` | {Who(row.By)} | {row.Sentence} | {(row.Code == 0 ? "" : $"{row.Code} {row.Words} ")}|");

        Assert.Equal(expected, ReasonRow().Matches(TelemetryPage.Text[TelemetryPage.Text.IndexOf("## Why a connection ended", StringComparison.Ordinal)..]).Select(row => row.Value));
    }

    [Fact]
    public void The_table_of_reasons_has_one_row_for_each_and_close_frames_that_fit()
    {
        Assert.Equal(Enum.GetValues<EndReason>(), EndReasons.Table.Select(row => row.Reason));
        Assert.All(EndReasons.Table, row => Assert.InRange(row.Words.Length, row.Code == 0 ? 0 : 1, 40));
        Assert.All(EndReasons.Table, row => Assert.Equal(row.Name, SnakeCase().Replace(row.Reason.ToString(), "_$1").ToLowerInvariant()));
    }

    [Fact]
    public void The_page_has_every_refusal_of_a_sign_in_and_no_other()
    {
        var reasons = typeof(SignInRefusals).GetFields(BindingFlags.NonPublic | BindingFlags.Static).Select(field => $"`{field.GetRawConstantValue()}`");

        Assert.Contains($"| `waiide.reason` of sign-ins | {string.Join(", ", reasons)} |", TelemetryPage.Text, StringComparison.Ordinal);
    }

    private static string Who(EndReasons.Party by) => by switch
    {
        EndReasons.Party.Client => "browser",
        EndReasons.Party.Upstream => "upstream",
        _ => "gateway",
    };

    [GeneratedRegex(@"^\| `[a-z_]+` \| (browser|upstream|gateway) \| .+\|$", RegexOptions.Multiline)]
    private static partial Regex ReasonRow();

    [GeneratedRegex("(?<=.)([A-Z])")]
    private static partial Regex SnakeCase();
}
