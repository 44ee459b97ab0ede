using System.Text.RegularExpressions;
using Waiide.Tests.Build;

namespace Waiide.Tests.Docs;

/// <summary>The request's way in docs/behaviour.md against Program.cs, which is the request's way.</summary>
public sealed partial class BehaviourPageTests
{
    [Fact]
    public void The_request_goes_the_way_that_the_page_numbers()
    {
        var steps = Call().Matches(Sources.Text("Waiide.Gateway/Program.cs")).Select(match => match.Groups[1].Value);

        // 3. `UseHubVersion`: ...
        var numbered = Step().Matches(Sources.Text("docs/behaviour.md"));

        Assert.Equal(steps, numbered.Select(match => match.Groups[2].Value));
        Assert.Equal(Enumerable.Range(1, numbered.Count), numbered.Select(match => int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [GeneratedRegex(@"\bapp\.((?:Use|Map)\w+)\(")]
    private static partial Regex Call();

    [GeneratedRegex(@"^(\d+)\. `((?:Use|Map)\w+)`", RegexOptions.Multiline)]
    private static partial Regex Step();
}
