using Microsoft.AspNetCore.Http;

namespace Waiide.Tests.Gateway.Proxy;

public class ProxyPathTests(ProxyFixture proxy) : IClassFixture<ProxyFixture>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/?")]
    [InlineData("/a%2Fb")]
    [InlineData("/100%25")]
    [InlineData("/a+b%2Bc%20d")]
    [InlineData("/%41%7E%7e~")]
    [InlineData("/a;b=1;c")]
    [InlineData("//double//slash/")]
    [InlineData("/..%2f..%2Fetc")]
    [InlineData("/%E2%82%AC/%c3%a9")]
    [InlineData("/%ff%FE")]
    [InlineData("/a|b^c{d}\"e<f>`%5C%23")]
    [InlineData("/x?a=%2F&b=%2f&c=a+b&d=%20&&=&e=[1]{2}|<>\"'\\^`")]
    [InlineData("/x?a?b??c")]
    [InlineData("/x?redirect=https://evil.example.org/../..")]
    [InlineData("/stable-0123/static/out/vs/code/browser/workbench/workbench.js")]
    public async Task The_target_reaches_the_ide_byte_for_byte(string target) =>
        Assert.Equal(target, (await proxy.Seen(target)).Target);

    [Theory]
    [InlineData("/user/we%2Bird@ex.org/s-%C3%A9")]
    [InlineData("/user/we+ird%40ex.org/s-%c3%a9")]
    [InlineData("/us%65r/we%2bird%40ex%2Eorg/%73-%C3%A9")]
    public async Task The_prefix_may_be_spelled_in_every_way_that_means_the_same(string prefix)
    {
        var before = proxy.Ide.Forwarded.Count();
        var answer = await proxy.Raw($"GET {prefix}/a%2Fb?c HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Equal("/a%2Fb?c", Assert.Single(proxy.Ide.Forwarded.Skip(before)).Target);
    }

    [Theory]
    [InlineData("/x/../proxy/22/")]
    [InlineData("/./x")]
    [InlineData("/x/%2e%2E/y")]
    [InlineData("/x/..")]
    public async Task Dot_segments_are_refused(string target) => await Refused("400", target);

    [Theory]
    [InlineData("/\\proxy\\22\\")]
    [InlineData("/x\\..\\proxy\\22\\")]
    [InlineData("/x#/proxy/22/")]
    [InlineData("/x\u0001/y")]
    [InlineData("/x\t/y")]
    public async Task Characters_that_are_read_in_more_than_one_way_are_refused(string target) => await Refused("400", target);

    [Theory]
    [InlineData("/proxy/8071@evil.com/")]
    [InlineData("/proxy/evil.com/")]
    [InlineData("/proxy/99999/")]
    [InlineData("/proxy/8071%2f../")]
    [InlineData("/absproxy/+8071/")]
    [InlineData("/proxy/%D9%A8%D9%A0%D9%A7%D9%A1/")]
    public async Task What_is_not_a_port_is_refused(string target) => await Refused("400", target);

    [Fact]
    public async Task The_gateways_own_port_is_refused()
    {
        await Refused("403", $"/proxy/{proxy.Gateway.Port}/");
        await Refused("403", $"/absproxy/{proxy.Gateway.Port}/x");
        await Refused("403", $"//proxy//{proxy.Gateway.Port}/x");
        await Refused("403", $"/proxy/{proxy.Ide.Url.Port}/");

        // What follows the IDE's own port is read by the IDE once more.
        await Refused("403", $"/proxy/8071/proxy/{proxy.Gateway.Port}/api");
        await Refused("403", $"/proxy/8071/absproxy/{proxy.Gateway.Port}/");
        await Refused("403", $"/proxy/8071//proxy/{proxy.Gateway.Port}/");
        await Refused("403", $"/proxy/8071/%70roxy/{proxy.Ide.Url.Port}/");
        await Refused("400", $"/proxy/8071/PROXY/8071/%70roxy/{proxy.Ide.Url.Port}/"); // No deeper than that.
        await Refused("400", "/proxy/8071/proxy/evil.com/");
    }

    [Fact]
    public async Task A_port_of_the_users_goes_through_the_ides_own_port_proxy()
    {
        Assert.Equal("/proxy/3000/a%2Fb?c", (await proxy.Seen("/proxy/3000/a%2Fb?c")).Target);
        Assert.Equal("/proxy/3000/a%2Fb?c", (await proxy.Seen("/proxy/8071/proxy/3000/a%2Fb?c")).Target);

        // The IDE server takes off what is its own; the dev server sees the rest.
        Assert.Equal($"/proxy/5173{ProxyFixture.Prefix}absproxy/5173/x", (await proxy.Seen("/absproxy/5173/x")).Target);
        Assert.Equal($"/proxy/5173{ProxyFixture.Prefix}proxy/absolute/5173/x?y", (await proxy.Seen("/proxy/absolute/5173/x?y")).Target);
    }

    [Fact]
    public async Task The_well_known_port_of_the_ide_is_the_ide()
    {
        Assert.Equal("/static/a%2Fb?c", (await proxy.Seen("/proxy/8071/static/a%2Fb?c")).Target);
        Assert.Equal("/", (await proxy.Seen("/proxy/8071/")).Target);
    }

    [Fact]
    public async Task The_well_known_port_without_its_slash_is_redirected_to_the_folder()
    {
        var answer = await proxy.Raw($"GET {ProxyFixture.Prefix}proxy/8071?a=%2F HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 307", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nLocation: 8071/?a=%2F\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("proxy/8071/")]
    public async Task HEAD_of_the_page_has_the_head_of_GET_although_VS_Code_refuses_it(string path)
    {
        proxy.Ide.When("/", context =>
        {
            context.Response.StatusCode = HttpMethods.IsGet(context.Request.Method) ? 200 : 405;
            context.Response.ContentType = "text/html";
            return context.Response.WriteAsync("<title>VS Code</title>");
        });
        var answer = await proxy.Raw($"HEAD {ProxyFixture.Prefix}{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Type: text/html", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HEAD")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("PROPFIND")]
    public async Task Every_method_goes_through(string method)
    {
        var before = proxy.Ide.Forwarded.Count();
        var answer = await proxy.Raw($"{method} {ProxyFixture.Prefix}x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Equal(method, Assert.Single(proxy.Ide.Forwarded.Skip(before)).Method);
    }

    [Fact]
    public async Task The_absolute_form_of_a_target_is_understood()
    {
        var before = proxy.Ide.Forwarded.Count();
        var answer = await proxy.Raw($"GET http://localhost{ProxyFixture.Prefix}a%2Fb?c HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Equal("/a%2Fb?c", Assert.Single(proxy.Ide.Forwarded.Skip(before)).Target);
    }

    private async Task Refused(string status, string target)
    {
        var before = proxy.Ide.Forwarded.Count();
        var answer = await proxy.Raw($"GET {ProxyFixture.Prefix.TrimEnd('/')}{target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 " + status, answer, StringComparison.Ordinal);
        Assert.Equal(before, proxy.Ide.Forwarded.Count());
    }
}
