using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>What is wrong with Hub:Proxy:* is told with the other mistakes, before anything listens.</summary>
public sealed class ProxySettingsTests
{
    [Fact]
    public async Task Mistakes_are_told_in_the_words_of_the_settings()
    {
        Assert.Equal(
            ["Hub:Proxy:AuthToken is missing; set the token that the proxy's REST API is called with (the proxy's CONFIGPROXY_AUTH_TOKEN)."],
            await FailAsync(("Proxy:ApiUrl", "http://127.0.0.1:8001")));
        Assert.Equal(
            [
                "Hub:Proxy:ApiUrl is 'localhost:8001'; set the address of the proxy's REST API, such as http://127.0.0.1:8001.",
                "Hub:Proxy:HubUrl is 'hub:8081'; set where the proxy reaches this hub, such as http://127.0.0.1:8081.",
                "Hub:LastActivityInterval is 'often'; set a number of seconds, such as 300.",
            ],
            await FailAsync(("Proxy:ApiUrl", "localhost:8001"), ("Proxy:HubUrl", "hub:8081"), ("LastActivityInterval", "often")));
        Assert.Equal(
            ["Hub:Proxy:ApiPort is for the hub's own proxy and Hub:Proxy:ApiUrl for another one; set one of them."],
            await FailAsync(("Proxy:ApiUrl", "http://127.0.0.1:8001"), ("Proxy:ApiPort", "8001"), ("Proxy:AuthToken", "secret-of-the-proxy")));
    }

    [Fact]
    public async Task A_port_opens_once_and_the_fronts_does_not_where_another_proxy_stands()
    {
        Assert.Equal(
            ["Hub:ApiPort and Hub:Proxy:ApiPort are both 8081; give them different ports."],
            await FailAsync(("Proxy:ApiPort", "8081"), ("Proxy:AuthToken", "secret-of-the-proxy")));
        Assert.Equal(["Hub:FrontPort and Hub:ApiPort are both 8081; give them different ports."], await FailAsync(("FrontPort", "8081")));

        var port = Ports.Free().ToString(CultureInfo.InvariantCulture);
        await using var hub = await RunningHub.StartAsync(
            ("Users:ada", "pw"), ("FrontPort", port), ("ApiPort", port), ("Proxy:ApiUrl", $"http://127.0.0.1:{Ports.Free()}"), ("Proxy:AuthToken", "secret-of-the-proxy"));
        using var browser = new Browser(new Uri($"http://127.0.0.1:{port}"));
        using var answer = await browser.GetAsync("/hub/login");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain("secret-of-the-proxy", hub.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_port_of_the_REST_API_is_named_when_it_is_taken()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var taken = ((IPEndPoint)other.LocalEndpoint).Port;
        var lines = await FailAsync(
            ("FrontPort", Ports.Free().ToString(CultureInfo.InvariantCulture)), ("ApiPort", Ports.Free().ToString(CultureInfo.InvariantCulture)),
            ("Proxy:ApiPort", taken.ToString(CultureInfo.InvariantCulture)), ("Proxy:AuthToken", "secret-of-the-proxy"));
        Assert.Equal($"Port {taken} is in use by another program: stop that, or set Hub:Proxy:ApiPort to a free port.", lines[^1]);
    }

    private static async Task<string[]> FailAsync(params (string Setting, string Value)[] settings)
    {
        var variables = settings.ToDictionary(entry => "Hub__" + entry.Setting.Replace(":", "__", StringComparison.Ordinal), entry => entry.Value);
        variables["Hub__Users__ada"] = "pw";
        await using var process = ChildProcess.StartDotnet("Waiide.Hub.Mock.dll", variables);
        Assert.Equal(1, await process.WaitForExit());
        return process.Output.Split('\n');
    }
}
