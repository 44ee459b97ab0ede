using Aspire.Dashboard.Consoles;

namespace Aspire.Hosting.Tests.Dashboard;

public sealed class AnsiTests
{
    [Theory]
    [InlineData("plain <b>&", "plain &lt;b&gt;&amp;")]
    [InlineData("\x1b[31mred\x1b[0m not", "<span class=\"ink1\">red</span> not")]
    [InlineData("\x1b[1;4;92mloud\x1b[22mer", "<span class=\"ink10 bold underlined\">loud</span><span class=\"ink10 underlined\">er</span>")]
    [InlineData("\x1b[41;37m<\x1b[m", "<span class=\"ink7 ground1\">&lt;</span>")]
    [InlineData("\x1b[38;5;9mbright\x1b[39m", "<span class=\"ink9\">bright</span>")]
    [InlineData("\x1b[38;2;250;10;10mnearly\x1b[39m", "<span class=\"ink9\">nearly</span>")]
    [InlineData("\x1b[38;5;232mnight", "<span class=\"ink0\">night</span>")]
    [InlineData("\x1b[38mcut", "<span class=\"ink0\">cut</span>")]
    [InlineData("\x1b[2K\x1b[1Gdrawn\x1b]0;title\x07 again\r\b", "drawn again")]
    [InlineData("\x1b]8;;http://a.example\x1b\\name\x1b]8;;\x1b\\", "name")]
    [InlineData("broken \x1b[99", "broken 99")]
    public void What_is_written_for_a_terminal_becomes_HTML(string line, string html) => Assert.Equal(html, Ansi.ToHtml(line).Text);

    [Theory]
    [InlineData("see http://localhost:5000/a?b=1&c=2, now", "http://localhost:5000/a?b=1&amp;c=2")]
    [InlineData("(https://a.example/x).", "https://a.example/x")]
    public void An_address_is_a_link_without_what_only_follows_it(string line, string address) =>
        Assert.Contains($"<a href=\"{address}\" target=\"_blank\" rel=\"noopener noreferrer\">{address}</a>", Ansi.ToHtml(line).Text, StringComparison.Ordinal);

    [Fact]
    public void Only_the_web_is_linked() => Assert.DoesNotContain("<a", Ansi.ToHtml("javascript://x http:// \"http://").Text, StringComparison.Ordinal);

    [Fact]
    public void Plain_text_keeps_tabs_and_nothing_else_that_controls() => Assert.Equal("a\tb", Ansi.Plain("\x1b[31ma\tb\x1b[0m\r\x07"));

    [Fact]
    public void A_cursor_survives_its_way_through_an_address_and_nonsense_is_the_start()
    {
        var cursor = ConsoleCursor.Start.After("hub-abcdefgh", 12).After("ide-hgfedcba", 3);
        var back = ConsoleCursor.Parse(cursor.ToString());
        Assert.Equal((12, 3, 0), (back.Of("hub-abcdefgh"), back.Of("ide-hgfedcba"), back.Of("gateway-aaaaaaaa")));
        Assert.Equal(0, ConsoleCursor.Parse("=;;x;hub-abcdefgh=-5;hub-abcdefgh=7").Of("hub-abcdefgh"));
    }
}
