using Waiide.Gateway;
using Waiide.Gateway.Proxy;

namespace Waiide.Tests.Gateway.Proxy;

public class ProxyRouteTests
{
    private static readonly GatewayOptions Options = new()
    {
        Port = 8070,
        HubSidePort = 41001,
        Hub = new HubOptions
        {
            ApiUrl = new Uri("http://hub.internal:8081/hub/api"),
            ApiToken = "t",
            ClientId = "c",
            CallbackUrl = "/cb",
            AccessScopes = [],
            PublicUrl = new Uri("http://localhost:8000/user/ada/"),
            PublicHubUrl = new Uri("https://hub.example.org/hub/"),
            Host = "https://127.0.0.1:8443",
        },
        TelemetryUrls = [new Uri("http://[::1]:4318"), new Uri("http://collector.example.org:4317")],
        DeniedPorts = [5432],
    };

    private static readonly GatewayOptions UnderAPrefix = Options with { Prefix = "/user/ada/" };

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/stable-1/static/x.js?a", "/stable-1/static/x.js?a")]
    [InlineData("/proxyish/3000/", "/proxyish/3000/")]
    [InlineData("/proxy/8071/", "/")]
    [InlineData("/proxy/8071/static/%2F?a=%20", "/static/%2F?a=%20")]
    [InlineData("/proxy/8071/?", "/?")]
    public void The_ide_has_the_root_and_its_well_known_port(string target, string seen) =>
        Assert.Equal(new ProxyRoute.Ide(seen), ProxyRoute.Of(target, Options, 40123));

    [Theory]
    [InlineData("/proxy/8071", "8071/")]
    [InlineData("/proxy/8071?a=b", "8071/?a=b")]
    [InlineData("/proxy/3000", "3000/")]
    [InlineData("/absproxy/3000?a=%2F", "3000/?a=%2F")]
    [InlineData("/proxy/absolute/3000", "3000/")]
    [InlineData("/proxy/8071/proxy/3000", "3000/")]
    public void A_port_is_a_folder(string target, string location) =>
        Assert.Equal(new ProxyRoute.AddSlash(location), ProxyRoute.Of(target, Options, null));

    [Fact]
    public void The_well_known_port_follows_VSCODE_PORT()
    {
        var options = Options with { VscodePort = 9001 };
        Assert.Equal(new ProxyRoute.Ide("/"), ProxyRoute.Of("/proxy/9001/", options, 9001));
        Assert.Equal(new ProxyRoute.ToPort(new DevServer(8071, "/proxy/8071/", SeesBase: false), "/"), ProxyRoute.Of("/proxy/8071/", options, 9001));
    }

    [Theory]
    [InlineData("/proxy/3000/", 3000, "/user/ada/proxy/3000/", "/")]
    [InlineData("/proxy/3000/?", 3000, "/user/ada/proxy/3000/", "/?")]
    [InlineData("/proxy/3000/a%2Fb?c", 3000, "/user/ada/proxy/3000/", "/a%2Fb?c")]
    [InlineData("/proxy/3000//x", 3000, "/user/ada/proxy/3000/", "//x")]
    [InlineData("//proxy//3000/x", 3000, "/user/ada/proxy/3000/", "/x")]
    [InlineData("/proxy/8071/proxy/3000/x", 3000, "/user/ada/proxy/8071/proxy/3000/", "/x")]
    [InlineData("/proxy/65535/", 65535, "/user/ada/proxy/65535/", "/")]
    [InlineData("/proxy/1/", 1, "/user/ada/proxy/1/", "/")]
    public void A_dev_server_sees_the_path_without_its_place(string target, int port, string @base, string seen) =>
        Assert.Equal(new ProxyRoute.ToPort(new DevServer((ushort)port, @base, SeesBase: false), seen), ProxyRoute.Of(target, UnderAPrefix, 40123));

    [Theory]
    [InlineData("/absproxy/5173/", "/user/ada/absproxy/5173/", "/user/ada/absproxy/5173/")]
    [InlineData("/absproxy/5173/@vite/client?a=%20", "/user/ada/absproxy/5173/", "/user/ada/absproxy/5173/@vite/client?a=%20")]
    [InlineData("/ABSPROXY/5173/x", "/user/ada/absproxy/5173/", "/user/ada/absproxy/5173/x")]
    [InlineData("/proxy/absolute/5173/x", "/user/ada/proxy/absolute/5173/", "/user/ada/proxy/absolute/5173/x")]
    [InlineData("/proxy/8071/absproxy/5173/x", "/user/ada/proxy/8071/absproxy/5173/", "/user/ada/proxy/8071/absproxy/5173/x")]
    public void Or_in_full_where_it_asks_for_that(string target, string @base, string seen) =>
        Assert.Equal(new ProxyRoute.ToPort(new DevServer(5173, @base, SeesBase: true), seen), ProxyRoute.Of(target, UnderAPrefix, 40123));

    [Theory]
    [InlineData("/proxy/8070/")]
    [InlineData("/proxy/8070")]
    [InlineData("/proxy/absolute/8070/")]
    [InlineData("/proxy/absolute/8071/")]
    [InlineData("/proxy/8000/")]
    [InlineData("/proxy/8443/")]
    [InlineData("/proxy/4318/")]
    [InlineData("/absproxy/5432/")]
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
    public void Ports_of_Waiide_and_its_hub_and_those_ruled_out_are_refused(string target) =>
        Assert.Equal(403, Assert.IsType<ProxyRoute.Refused>(ProxyRoute.Of(target, Options, 40123)).Status);

    [Theory]
    [InlineData(2)]
    [InlineData(2900)]
    public void The_ide_is_below_itself_once(int times)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var route = ProxyRoute.Of(string.Concat(Enumerable.Repeat("/proxy/8071", times)) + "/x", Options, 40123);
        Assert.Equal(400, Assert.IsType<ProxyRoute.Refused>(route).Status);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Theory]
    [InlineData("/proxy/443/")]
    [InlineData("/proxy/4317/")]
    public void Ports_of_other_machines_are_the_users_own_here(string target) =>
        Assert.IsType<ProxyRoute.ToPort>(ProxyRoute.Of(target, Options, 40123));

    // Every spelling of S2: a target that is built from text reaches what the text says.
    [Theory]
    [InlineData("evil.com")]
    [InlineData("evil.com:80")]
    [InlineData("localhost")]
    [InlineData("localhost:3000")]
    [InlineData("3000:80")]
    [InlineData("3000,3001")]
    [InlineData("3000;x")]
    [InlineData("3000%00")]
    [InlineData("3000%20")]
    [InlineData("3000%0a")]
    [InlineData("3000%3a80")]
    [InlineData("3e3")]
    [InlineData("3_000")]
    [InlineData("0b11")]
    [InlineData("00")]
    [InlineData("+")]
    [InlineData("*")]
    [InlineData("@evil.com")]
    [InlineData("%2f%2fevil.com")]
    [InlineData("absolute")]
    [InlineData("Absolute/3000")]
    [InlineData("18446744073709551619")]
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
        foreach (var name in new[] { "proxy", "absproxy", "proxy/absolute", "Proxy", "%70roxy" })
        {
            Assert.Equal(400, Assert.IsType<ProxyRoute.Refused>(ProxyRoute.Of($"/{name}/{port}/x", Options, 40123)).Status);
        }
    }
}
