using System.Text.RegularExpressions;
using Waiide.Gateway;
using Waiide.Tests.Build;
using Waiide.Tests.Support;

namespace Waiide.Tests.Docs;

/// <summary>The section on traces in docs/telemetry.md against the code that makes them.</summary>
public sealed partial class TracesPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "telemetry.md"));

    private static readonly string Code = string.Join('\n', new[] { "Waiide.Gateway", "Waiide.Hub.Mock" }.SelectMany(project => Sources.Below(project, ".cs")).Select(Sources.Text));

    [Fact]
    public void Every_span_and_attribute_that_the_code_makes_is_on_the_page()
    {
        var onThePage = FirstCells(Page).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(Made().Except(onThePage));
    }

    [Fact]
    public void The_page_tells_of_no_span_and_no_attribute_that_the_code_does_not_make()
    {
        var traces = Page[Page.IndexOf("## Traces", StringComparison.Ordinal)..].Split("\n## ")[0];

        var made = Made().ToHashSet(StringComparer.Ordinal);
        Assert.Empty(FirstCells(traces).Except(made));
    }

    private static IEnumerable<string> FirstCells(string page) => FirstCell().Matches(page).Select(cell => cell.Groups[1].Value);

    private static IEnumerable<string> Made() => Span().Matches(Code).Concat(Attribute().Matches(Code)).Select(made => made.Groups[1].Value).SelectMany(Named).Distinct();

    // "websocket " + upstream.Kind
    private static IEnumerable<string> Named(string made) => made.EndsWith(' ') ? new[] { Upstream.IdeKind, Upstream.PortKind, Upstream.TunnelKind }.Select(kind => made + kind) : [made];

    [GeneratedRegex("""^\| `([^`]+)` \|""", RegexOptions.Multiline)]
    private static partial Regex FirstCell();

    // Traces.Begin("authenticate"), Source.StartActivity("forward"), and the local function that names the browser's.
    [GeneratedRegex("(?:Traces\\.(?:Begin|Around|IdeStart|Of)|\\bBegin|Source\\.StartActivity|\\bSpan)\\(\"([a-z ]+)\"")]
    private static partial Regex Span();

    // SetTag("waiide.access", ...), Event("process started", "process.pid", ...)
    [GeneratedRegex("(?:SetTag\\(|Event\\(\"[^\"]+\", )\"([a-z_.]+)\"")]
    private static partial Regex Attribute();
}
