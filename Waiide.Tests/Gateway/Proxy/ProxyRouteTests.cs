using Waiide.Gateway;
using Waiide.Gateway.Proxy;

namespace Waiide.Tests.Gateway.Proxy;

public class ProxyRouteTests
{
    private static readonly GatewayOptions Options = new()
    {
        Port = 8070,
        HubSidePort = 41001,
        Hub = new HubOptions { ApiUrl = new Uri("http://127.0.0.1:8081/hub/api"), ApiToken = "t", ClientId = "c", CallbackUrl = "/cb", AccessScopes = [] },
    };

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/stable-1/static/x.js?a", "/stable-1/static/x.js?a")]
    [InlineData("/proxyish/3000/", "/proxyish/3000/")]
    [InlineData("/proxy/8071/", "/")]
    [InlineData("/proxy/8071/static/%2F?a=%20", "/static/%2F?a=%20")]
    [InlineData("/proxy/8071/?", "/?")]
    [InlineData("/proxy/8071/proxy/8071//x", "//x")]
    public void The_ide_has_the_root_and_its_well_known_port(string target, string seen) =>
        Assert.Equal(new ProxyRoute.Ide(seen), ProxyRoute.Of(target, Options, 40123));

    [Theory]
    [InlineData("/proxy/8071", "8071/")]
    [InlineData("/proxy/8071?a=b", "8071/?a=b")]
    public void The_ides_port_is_a_folder(string target, string location) =>
        Assert.Equal(new ProxyRoute.AddSlash(location), ProxyRoute.Of(target, Options, null));

    [Fact]
    public void The_well_known_port_follows_VSCODE_PORT()
    {
        var options = Options with { VscodePort = 9001 };
        Assert.Equal(new ProxyRoute.Ide("/"), ProxyRoute.Of("/proxy/9001/", options, 9001));
        Assert.Equal(new ProxyRoute.ToPort(8071, "/proxy/8071/"), ProxyRoute.Of("/proxy/8071/", options, 9001));
    }

    [Theory]
    [InlineData("/proxy/3000/", 3000)]
    [InlineData("/proxy/3000/a%2Fb?c", 3000)]
    [InlineData("/absproxy/5173/x", 5173)]
    [InlineData("/proxy/65535/", 65535)]
    [InlineData("/proxy/1", 1)]
    public void A_port_of_the_users_is_reached_under_the_same_path(string target, int port) =>
        Assert.Equal(new ProxyRoute.ToPort((ushort)port, target), ProxyRoute.Of(target, Options, 40123));

    [Theory]
    [InlineData("/proxy/8070/")]
    [InlineData("/proxy/41001/")]
    [InlineData("/proxy/8081/")]
    [InlineData("/proxy/40123/")]
    [InlineData("/absproxy/8070/")]
    [InlineData("/absproxy/8071/")]
    [InlineData("//proxy/8070/")]
    [InlineData("/proxy//8070/")]
    [InlineData("/PROXY/8070/")]
    [InlineData("/%70roxy/8070/")]
    [InlineData("/proxy/8071/proxy/8070/")]
    [InlineData("/proxy/8071//absproxy/8081/")]
    [InlineData("/proxy/8071/proxy/8071/proxy/40123")]
    public void Ports_of_the_gateway_the_hub_and_the_ide_are_refused(string target) =>
        Assert.Equal(403, Assert.IsType<ProxyRoute.Refused>(ProxyRoute.Of(target, Options, 40123)).Status);

    [Theory]
    [InlineData("evil.com")]
    [InlineData("8071@evil.com")]
    [InlineData("8071%40evil.com")]
    [InlineData("127.0.0.1:80")]
    [InlineData("[::1]:80")]
    [InlineData("+8071")]
    [InlineData("0x1f87")]
    [InlineData("8071.")]
    [InlineData("99999")]
    [InlineData("65536")]
    [InlineData("0")]
    [InlineData("08071")]
    [InlineData("-1")]
    [InlineData("٨٠٧١")]
    [InlineData("%D9%A8%D9%A0%D9%A7%D9%A1")]
    [InlineData("8071%2f..")]
    [InlineData(" 8071")]
    [InlineData("%38071")]
    [InlineData("")]
    public void What_is_not_a_port_reaches_nothing(string port)
    {
        foreach (var name in new[] { "proxy", "absproxy", "Proxy", "%70roxy" })
        {
            Assert.Equal(400, Assert.IsType<ProxyRoute.Refused>(ProxyRoute.Of($"/{name}/{port}/x", Options, 40123)).Status);
        }
    }
}
