using System.Net;
using Waiide.Gateway;
using Waiide.Gateway.Edge;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Edge;

public class LegacyAddressTests
{
    [Theory]
    [InlineData("/user/ada/", "/user/ada/waiide/", "/user/ada/")]
    [InlineData("/user/ada/", "/user/ada/waiide", "/user/ada/")]
    [InlineData("/user/ada/", "/user/ada/WAIIDE/", "/user/ada/")]
    [InlineData("/user/ada/", "/user/ada/waiide/WAIIDE/?folder=%2Fw%20x&a=b", "/user/ada/?folder=%2Fw%20x&a=b")]
    [InlineData("/user/ada/", "/user/ada/waiide/proxy/3000/a%20b?x", "/user/ada/proxy/3000/a%20b?x")]
    [InlineData("/user/ada/", "/user/ada/waiide/a%2Fb?x", "/user/ada/")]
    [InlineData("/user/ada/", "/user/ada/waiide/WAIIDE/waiide/x", "/user/ada/waiide/x")]
    [InlineData("/user/ada/", "/user/ada/waiide2/", null)]
    [InlineData("/user/ada/", "/user/ada/x/waiide/", null)]
    [InlineData("/user/ada/", "/user/ada/?waiide/", null)]
    [InlineData("/user/ada/waiide/", "/user/ada/waiide/WAIIDE/", "/user/ada/waiide/")]
    [InlineData("/user/ada/waiide/", "/user/ada/waiide/lab", null)]
    [InlineData("/user/ada/ada-waiide-abc123/", "/user/ada/waiide/WAIIDE/x?y", "/user/ada/ada-waiide-abc123/x?y")]
    [InlineData("/user/ada/ada-data-science-def456/", "/user/ada/waiide/", "/user/ada/ada-data-science-def456/")]
    [InlineData("/user/ada/ada-waiide-abc123/", "/user/bob/waiide/", null)]
    [InlineData("/user/ada/", "/user/waiide/", null)]
    [InlineData("/jhub/user/ada/s/", "/jhub/user/ada/waiide/", "/jhub/user/ada/s/")]
    [InlineData("/", "/waiide/", "/")]
    [InlineData("/", "/WAIIDE//evil.example.org/", "/")]
    [InlineData("/", "/WAIIDE/%2fevil.example.org/", "/")]
    [InlineData("/", "/WAIIDE/%5cevil.example.org/", "/")]
    [InlineData("/", "/WAIIDE/\\evil.example.org", "/")]
    [InlineData("/", "/WAIIDE/x/..%2f..%2f", "/")]
    [InlineData("/", "/WAIIDE/%2e%2e/hub/", "/")]
    [InlineData("/", "/WAIIDE/../hub/", "/")]
    [InlineData("/", "http://evil/waiide/", null)]
    public void What_was_the_address_leads_to_what_is_and_never_elsewhere(string prefix, string target, string? successor) =>
        Assert.Equal(successor, LegacyAddresses.Successor(target, new GatewayOptions { Prefix = prefix, User = "ada" }));

    [Fact]
    public async Task A_legacy_address_is_redirected_with_a_note_and_one_line_in_the_log_and_only_for_those_who_may()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync("ada", "ada-waiide-abc123"));
        using var browser = gateway.Browser("ada");
        const string Prefix = "/user/ada/ada-waiide-abc123/";

        using (var login = await browser.OpenAsync(Prefix + "WAIIDE/?folder=/x"))
        {
            Assert.Equal("/hub/api/oauth2/authorize", login.Headers.Location!.OriginalString.Split('?')[0]);
        }

        var (answer, end) = await browser.FollowAsync(Prefix + "WAIIDE/?folder=/x");
        answer.Dispose();
        Assert.Equal(Prefix + "?folder=/x", end);

        string[] legacy = [Prefix + "WAIIDE/", Prefix + "waiide/", "/user/ada/waiide/", "/user/ada/waiide/WAIIDE/"];
        foreach (var (target, method) in legacy.SelectMany(target => new[] { (target, HttpMethod.Get), (target, HttpMethod.Head) }))
        {
            using var redirect = await browser.SendAsync(method, target, null, ("Accept", "text/html"));
            Assert.Equal(HttpStatusCode.Found, redirect.StatusCode);
            Assert.Equal(Prefix, redirect.Headers.Location!.OriginalString);
            Assert.Equal("@1737849600", redirect.Headers.GetValues("Deprecation").Single());
            Assert.Equal($"<{Prefix}>; rel=\"successor-version\"", redirect.Headers.GetValues("Link").Single());
            Assert.True(redirect.Headers.CacheControl!.NoStore);
        }

        Assert.Equal(2, gateway.Process.Output.Split("deprecated address").Length);
        Assert.DoesNotContain(gateway.Ide.Forwarded, request => request.Target.Contains("waiide", StringComparison.OrdinalIgnoreCase));

        using var post = await browser.SendAsync(HttpMethod.Post, Prefix + "waiide/x", new StringContent("x"), ("Origin", $"http://{gateway.Authority}"));
        Assert.Equal("/waiide/x", gateway.Ide.Forwarded.Last().Target);
        using var outside = await browser.SendAsync(HttpMethod.Post, "/user/ada/waiide/", new StringContent("x"));
        Assert.Equal(HttpStatusCode.NotFound, outside.StatusCode);
    }
}
