using System.Text.RegularExpressions;
using Waiide.Tests.Support;

namespace Waiide.Tests.Docs;

public sealed partial class LinkTests
{
    [Fact]
    public void Every_link_of_the_documentation_into_the_repository_leads_somewhere()
    {
        var broken =
            from page in Directory.EnumerateFiles(Repository.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            from Match link in Link().Matches(File.ReadAllText(page))
            let target = link.Groups[1].Value.Split('#')[0]
            where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
            where !Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target))
            select $"{Path.GetRelativePath(Repository.Root, page)} -> {target}";

        Assert.Empty(broken);
    }

    [Fact]
    public void Every_link_to_a_heading_leads_to_one()
    {
        var broken =
            from page in Directory.EnumerateFiles(Repository.Root, "*.md").Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            from Match link in Link().Matches(File.ReadAllText(page))
            let parts = link.Groups[1].Value.Split('#')
            where parts.Length == 2 && !parts[0].Contains("://", StringComparison.Ordinal)
            let target = parts[0].Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0])
            where target.EndsWith(".md", StringComparison.Ordinal) && !Headings(target).Contains(parts[1])
            select $"{Path.GetRelativePath(Repository.Root, page)} -> {link.Groups[1].Value}";

        Assert.Empty(broken);
    }

    // As GitHub makes anchors: "## Who may see it?" is #who-may-see-it.
    private static IEnumerable<string> Headings(string page) =>
        Heading().Matches(File.ReadAllText(page)).Select(heading => Punctuation().Replace(heading.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();
}
