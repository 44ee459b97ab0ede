using Waiide.Gateway.Proxy;

namespace Waiide.Tests.Gateway.Proxy;

public class RawTargetTests
{
    [Theory]
    [InlineData("/", "/", "/")]
    [InlineData("/a/b?c=d", "/", "/a/b?c=d")]
    [InlineData("/user/ada/", "/user/ada/", "/")]
    [InlineData("/user/ada/?", "/user/ada/", "/?")]
    [InlineData("/user/ada//x", "/user/ada/", "//x")]
    [InlineData("/user/ada/%2F%25?%2F", "/user/ada/", "/%2F%25?%2F")]
    [InlineData("/user/%61da/x", "/user/ada/", "/x")]
    [InlineData("/user/a%40b/x", "/user/a@b/", "/x")]
    [InlineData("/user/a@b/x", "/user/a%40b/", "/x")]
    [InlineData("/user/%c3%a9/x", "/user/%C3%A9/", "/x")]
    [InlineData("http://host:1/user/ada/x", "/user/ada/", "/x")]
    [InlineData("/user/ada/x?a=../..", "/user/ada/", "/x?a=../..")]
    [InlineData("/user/ada/...", "/user/ada/", "/...")]
    [InlineData("/user/ada/..%2f", "/user/ada/", "/..%2f")]
    [InlineData("/user/ada/%5C?\\#", "/user/ada/", "/%5C?\\#")]
    public void What_follows_the_prefix_stays_as_it_was_spelled(string target, string prefix, string rest) =>
        Assert.Equal(rest, RawTarget.After(target, prefix));

    [Theory]
    [InlineData("/user/ada", "/user/ada/")]
    [InlineData("/user/adam/", "/user/ada/")]
    [InlineData("/USER/ada/", "/user/ada/")]
    [InlineData("/user%2Fada/", "/user/ada/")]
    [InlineData("/user/ada%2F", "/user/ada/")]
    [InlineData("/user/a+b/", "/user/a%20b/")]
    [InlineData("/user/bob/../ada/", "/user/ada/")]
    [InlineData("/user/ada/x/../proxy/22/", "/user/ada/")]
    [InlineData("/user/ada/./x", "/user/ada/")]
    [InlineData("/user/ada/%2e%2E/x", "/user/ada/")]
    [InlineData("/user/ada/x/.%2e", "/user/ada/")]
    [InlineData("/user/ada/%2", "/user/ada/%25/")]
    [InlineData("/user/ada/x\\y", "/user/ada/")]
    [InlineData("/user/ada/x#y", "/user/ada/")]
    [InlineData("/user/ada/x\u007f", "/user/ada/")]
    [InlineData("*", "/")]
    [InlineData("host:443", "/")]
    [InlineData("", "/")]
    public void Anything_else_is_not_under_the_prefix(string target, string prefix) =>
        Assert.Null(RawTarget.After(target, prefix));

    [Theory]
    [InlineData("/x?token=secret", "/x")]
    [InlineData("/x?a=%2F&token=secret&b", "/x?a=%2F&b")]
    [InlineData("/x?tok%65n=s%65cret&a", "/x?a")]
    [InlineData("/x?token=other", "/x?token=other")]
    [InlineData("/x?mytoken=secret", "/x?mytoken=secret")]
    [InlineData("/x?token", "/x?token")]
    [InlineData("/token=secret", "/token=secret")]
    [InlineData("/x?", "/x?")]
    public void Only_our_own_token_leaves_the_query(string target, string rest) =>
        Assert.Equal(rest, RawTarget.WithoutParameter(target, "token", "secret"));
}
