using System.Globalization;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Auth;

public class FormTests(TokenLoginTests.Standalone world) : IClassFixture<TokenLoginTests.Standalone>
{
    private const string Form = "application/x-www-form-urlencoded";

    [Theory]
    [InlineData("multipart/form-data", "token=x", 415)]
    [InlineData("multipart/form-data; boundary=b", "--b", 415)]
    [InlineData("nonsense", "token=x", 415)]
    [InlineData(Form, null, 400)]
    public async Task A_malformed_form_is_answered_and_leaves_no_trace_in_the_log(string type, string? body, int status)
    {
        body ??= string.Concat(Enumerable.Range(0, 1100).Select(i => i.ToString(CultureInfo.InvariantCulture) + "=&"));
        Assert.Equal(status, await RawHttp.StatusAsync(world.Gateway.Port, Post(type, body.Length) + body));
        Assert.DoesNotContain("   at ", world.Gateway.Process.Output, StringComparison.Ordinal);
    }

    // Fields without a value are forms, too, and hide nothing that comes after them.
    [Theory]
    [InlineData("x&token=" + RunningGateway.Token, 302)]
    [InlineData("token=" + RunningGateway.Token + "&x", 302)]
    [InlineData("token=%00", 400)]
    public async Task A_form_is_read_as_browsers_write_it(string body, int status) => Assert.Equal(status, await RawHttp.StatusAsync(world.Gateway.Port, Post(Form, body.Length) + body));

    [Theory]
    [InlineData("multipart/form-data; boundary=b")]
    [InlineData("text/plain")]
    public async Task What_is_to_be_opened_comes_in_a_form_of_this_kind_too(string type) => Assert.Equal(
        415, await RawHttp.StatusAsync(world.Gateway.Port, Post(type, 3, "/open").Replace("\r\n\r\n", $"\r\nAuthorization: token {RunningGateway.Token}\r\n\r\n", StringComparison.Ordinal) + "--b"));

    [Fact]
    public async Task A_form_that_never_comes_is_given_up() =>
        Assert.Equal(408, await RawHttp.StatusAsync(world.Gateway.Port, Post(Form, 100) + "token="));

    private string Post(string type, int length, string to = "/login") =>
        $"POST {to} HTTP/1.1\r\nHost: {world.Gateway.Authority}\r\nOrigin: http://{world.Gateway.Authority}\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n\r\n";
}
