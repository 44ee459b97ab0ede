using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>S2: a "port" in the path that names another host, and ports that are nobody's business.</summary>
[Collection(nameof(Gateways))]
public class S02_PortThatIsNoPortTests(Gateways gateways)
{
    // Each signal can go elsewhere.
    private static readonly (string, string)[] Telemetry = [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317"), ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://127.0.0.1:4319/v1/metrics")];

    private static readonly int[] TelemetryPorts = [4317, 4319];

    public static TheoryData<string> NoPorts() =>
    [
        "evil.com", "8071@evil.com", "8071%40evil.com", "3000@{trap}", "{trap}", "127.0.0.1:80", "[::1]:80", "localhost", "+8071", "0x1f87", "8071.", "8071.0", "8e3", "99999", "65536",
        "4294967376", "0", "00080", "-1", "%D9%A8%D9%A0%D9%A7%D9%A1", "\uFF13\uFF10\uFF10\uFF10", "8071%2f..", "8071%2f", "8071%00", "8071%0d%0a", "%38071", "%20", "8071%20", "8071;x", "8071,3000", "8071&x", "3000:", ":3000", "@", "",
    ];

    [Theory]
    [MemberData(nameof(NoPorts))]
    public async Task What_is_not_a_plain_port_number_reaches_nothing(string text)
    {
        using var trap = new TcpListener(IPAddress.Loopback, 0);
        trap.Start();
        text = text.Replace("{trap}", trap.LocalEndpoint.ToString(), StringComparison.Ordinal);
        using var caller = new Caller(gateways.Ada);
        var token = ("Authorization", "token " + gateways.Hub.TokenOf("ada"));
        await Unheard.By(gateways.Ada.Ide, async () =>
        {
            foreach (var name in new[] { "proxy", "absproxy", "PROXY", "%70roxy", "proxy/8071/proxy" })
            {
                foreach (var rest in new[] { "/", "/x?y", "" })
                {
                    // Percent-encoded, as every client writes letters beyond ASCII, and as they are.
                    var target = $"/user/ada/{name}/{(text.All(char.IsAscii) ? text : Uri.EscapeDataString(text))}{rest}";
                    using var answer = await caller.AskAsync("GET", target, token);
                    using var upgrade = await caller.ConnectAsync(target, token);
                    Assert.True((int)answer.StatusCode is 400 or 404 && (int)upgrade.StatusCode is 400 or 404, $"{target}: {(int)answer.StatusCode}, as a WebSocket {(int)upgrade.StatusCode}");
                }
            }
        });
        Assert.False(trap.Pending(), "Somebody has connected to the address in the path.");
    }

    [Fact]
    public async Task The_ports_of_the_gateway_the_hub_and_the_IDE_are_refused_in_every_spelling()
    {
        await Unheard.By(gateways.Ada.Ide, () => AreRefusedAsync(gateways.Ada, gateways.Ada.Port, gateways.Hub.Url.Port, gateways.Ada.Ide.Url.Port));
    }

    [Fact]
    public async Task So_are_those_that_are_ruled_out_and_where_telemetry_goes_by_way_of_an_attached_IDE()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), [("WAIIDE_DENIED_PORTS", "5432, 6379"), .. Telemetry]);
        await Unheard.By(gateway.Ide, () => AreRefusedAsync(gateway, [5432, 6379, .. TelemetryPorts]));
    }

    [Fact]
    public async Task And_of_the_gateways_own_machine_the_tunnel_included()
    {
        using var trap = new TcpListener(IPAddress.Loopback, 0);
        trap.Start();
        var denied = ((IPEndPoint)trap.LocalEndpoint).Port;
        await using var gateway = await RunningGateway.WithoutIdeAsync(await StubHub.StartAsync(), [("WAIIDE_DENIED_PORTS", denied.ToString(CultureInfo.InvariantCulture)), .. Telemetry]);
        int[] refused = [denied, gateway.Port, gateway.Hub!.Url.Port, .. TelemetryPorts];
        await AreRefusedAsync(gateway, refused);
        using var caller = new Caller(gateway);
        foreach (var port in refused.Append(8071)) // /proxy/8071/ is the IDE; a tunnel to it is none of its addresses.
        {
            using var tunnel = await caller.ConnectAsync($"/user/ada/tunnel/{port}", ("Authorization", "token " + gateway.Hub.TokenOf("ada")));
            Assert.Equal(403, (int)tunnel.StatusCode);
        }

        Assert.False(trap.Pending(), "Somebody has connected to the port that is ruled out.");
    }

    [Fact]
    public async Task A_dot_segment_does_not_turn_one_address_into_another()
    {
        var token = gateways.Hub.TokenOf("ada");
        await Unheard.By(gateways.Ada.Ide, async () =>
        {
            foreach (var path in new[] { "x/../proxy/22/", "proxy/3000/../22/", "proxy/3000/%2e%2e/22/", "./proxy/22/", "x\\..\\proxy\\22\\", "proxy/3000#/x" })
            {
                Assert.Equal(400, await RawHttp.StatusAsync(gateways.Ada.Port, $"GET /user/ada/{path} HTTP/1.1\r\nHost: {gateways.Ada.Authority}\r\nAuthorization: token {token}\r\n\r\n"));
            }
        });
    }

    private static async Task AreRefusedAsync(RunningGateway gateway, params int[] ports)
    {
        using var caller = new Caller(gateway);
        var token = ("Authorization", "token " + gateway.Hub!.TokenOf("ada"));
        foreach (var port in ports)
        {
            foreach (var path in new[] { $"proxy/{port}/", $"absproxy/{port}/x", $"proxy/absolute/{port}/x", $"/proxy//{port}/", $"PROXY/{port}/", $"%70roxy/{port}/", $"proxy/8071/proxy/{port}/", $"proxy/8071//absproxy/{port}/", $"proxy/{port}" })
            {
                using var answer = await caller.AskAsync("GET", "/user/ada/" + path, token);
                using var upgrade = await caller.ConnectAsync("/user/ada/" + path, token);
                Assert.True((int)answer.StatusCode == 403 && (int)upgrade.StatusCode == 403, $"{path}: {(int)answer.StatusCode}, as a WebSocket {(int)upgrade.StatusCode}");
            }
        }
    }
}
