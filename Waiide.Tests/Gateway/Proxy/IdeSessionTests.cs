using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Waiide.Tests.Ide;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Proxy;

/// <summary>S6 with the real IDE server, attached: its session goes through its port proxy, and opens it to whoever gets hold of it.</summary>
public sealed class IdeSessionTests : IAsyncLifetime
{
    private const string Host = "hub.example.org:8443";

    private const string WebSocket = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: https://" + Host + "\r\n";

    private readonly TempDirectory _data = new();
    private StubIde _server = null!;
    private ChildProcess? _ide;
    private BareGateway? _gateway;

    public async Task InitializeAsync() => _server = await StubIde.StartAsync();

    public async Task DisposeAsync()
    {
        await (_gateway?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_ide?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _server.DisposeAsync();
        _data.Dispose();
    }

    [SkippableFact]
    public async Task However_a_dev_server_is_asked_it_gets_the_cookies_that_are_its_own_and_not_the_session_of_the_IDE()
    {
        Prerequisites.Need("node", "npm");
        await StartAsync();
        (string Method, string Version, string Head, string Body, string Cookie)[] ways =
        [
            ("GET", "1.1", "", "", "a=1"),
            ("GET", "1.0", "", "", "a=1"),
            ("GET", "1.1", "", "", "a=1; words=two words; b=2"),
            ("GET", "1.1", "", "", "quoted=\"two words\"; a=1"),
            ("GET", "1.1", "", "", "byte=\u00E9; a=1"),
            ("GET", "1.1", "", "", "=nameless; b a=1; c"),
            ("GET", "1.1", "Expect: 100-continue\r\n", "", "a=1"),
            ("POST", "1.1", "Expect: 100-continue\r\nContent-Length: 3\r\n", "x=1", "a=1"),
            ("POST", "1.1", "eXPECT: 100-Continue\r\nTransfer-Encoding: chunked\r\n", "3\r\nx=1\r\n0\r\n\r\n", "a=1"),
            ("POST", "1.1", "Transfer-Encoding: chunked\r\nTrailer: Cookie\r\n", "3\r\nx=1\r\n0\r\nCookie: code-server-session=x\r\nExpect: 100-continue\r\n\r\n", "a=1"),
            ("DELETE", "1.1", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "a=1"),
            ("OPTIONS", "1.1", "", "", "a=1"),
            ("GET", "1.1", "Connection: Host, Expect, X-Forwarded-Host\r\nExpect: 100-continue\r\n", "", "a=1"),
            ("GET", "1.1", "Connection: close, Upgrade\r\n", "", "a=1"),
            ("GET", "1.1", "Upgrade: websocket\r\n", "", "a=1"),
            ("GET", "1.1", WebSocket, "", "a=1"),
            ("GET", "1.1", WebSocket, "", "a=1; words=two words"),
            ("GET", "1.1", WebSocket + "Expect: 100-continue\r\n", "", "a=1"),
        ];
        string[] mounts = ["proxy", "absproxy", "proxy/absolute"];

        foreach (var (mount, (way, number)) in mounts.SelectMany(_ => ways.Select((way, number) => (way, number)), (mount, way) => (mount, way)))
        {
            var name = $"{mount.Replace('/', '-')}-{number}";
            using var connection = new TcpClient();
            await connection.ConnectAsync(IPAddress.Loopback, _gateway!.Port);
            await connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes(
                $"{way.Method} /user/ada/{mount}/{_server.Url.Port}/{name} HTTP/{way.Version}\r\nHost: {Host}\r\nCookie: {way.Cookie}; code-server-session=of-the-browser\r\n{way.Head}\r\n{way.Body}"));

            StubIde.Recorded? seen = null;
            await Eventually.Is(() => (seen = _server.Requests.FirstOrDefault(request => request.Target.EndsWith(name, StringComparison.Ordinal))) is not null, $"{name} reaches the dev server: {way.Method} {way.Head}");
            Assert.Equal((name, way.Cookie), (name, seen!.Headers["Cookie"]));
        }

        Assert.All(_server.Requests, request => Assert.DoesNotContain(ProxyFixture.Password, request.Target + string.Concat(request.Headers.Values), StringComparison.Ordinal));

        // Those are in nobody's interest, and need not arrive; but with the session they must not.
        foreach (var head in new[] { "Connection: Upgrade\r\nUpgrade: h2c\r\n", "Connection: Upgrade, Cookie\r\nUpgrade: websocket\r\n", "Expect: something-else\r\n" })
        {
            await Wire.Exchange(_gateway!.Port, $"GET /user/ada/proxy/{_server.Url.Port}/odd HTTP/1.0\r\nHost: {Host}\r\nCookie: a=1\r\n{head}\r\n");
        }

        Assert.All(_server.Requests, request => Assert.DoesNotContain(ProxyFixture.Password, string.Concat(request.Headers.Values), StringComparison.Ordinal));
    }

    private async Task StartAsync()
    {
        await ProvisioningScripts.Tree;
        var port = Ports.Free();
        _ide = ProvisioningScripts.Start(
            Path.Combine(ProvisioningScripts.Folder, "code-server"),
            ["--config", "/dev/null", "--bind-addr", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "--user-data-dir", _data.Path],
            new Dictionary<string, string?> { ["HASHED_PASSWORD"] = ProxyFixture.Password });
        _gateway = await BareGateway.StartAsync("/user/ada/", ("WAIIDE_IDE_URL", $"http://127.0.0.1:{port}/"), ("WAIIDE_IDE_HASHED_PASSWORD", ProxyFixture.Password));
        using var client = new HttpClient();
        await Eventually.Is(async () => (await client.GetAsync(new Uri(_gateway.Url, "version"))).IsSuccessStatusCode, $"the IDE answers: {_ide.Output}", TimeSpan.FromMinutes(1));
    }
}
