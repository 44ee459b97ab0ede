using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Waiide.Gateway.Proxy;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Proxy;

/// <summary>A gateway whose own IDE cannot even be started, and a dev server beside it, which does not need the IDE.</summary>
public sealed class PortFixture : IAsyncLifetime
{
    internal const string Prefix = ProxyFixture.Prefix;

    internal StubIde Server { get; private set; } = null!;

    internal BareGateway Gateway { get; private set; } = null!;

    internal int Denied { get; } = Ports.Free();

    internal string Place => $"{Prefix}proxy/{Server.Url.Port}/";

    internal string WholePlace => $"{Prefix}absproxy/{Server.Url.Port}/";

    public async Task InitializeAsync()
    {
        Server = await StubIde.StartAsync();
        Gateway = await BareGateway.StartAsync(
            Prefix,
            ("WAIIDE_IDE_COMMAND", "/nowhere/code-server"),
            ("WAIIDE_DENIED_PORTS", Denied.ToString(CultureInfo.InvariantCulture)));
    }

    public async Task DisposeAsync()
    {
        await (Gateway?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>The whole answer to one GET.</summary>
    internal Task<string> Get(string target, string headers = "") =>
        Wire.Exchange(Gateway.Port, $"GET {target} HTTP/1.0\r\nHost: hub.example.org:8443\r\n{headers}\r\n");

    /// <summary>One GET as the dev server saw it.</summary>
    internal async Task<StubIde.Recorded> Seen(string target, string headers = "")
    {
        var before = Server.Requests.Count;
        Assert.StartsWith("HTTP/1.1 200", await Get(target, headers), StringComparison.Ordinal);
        return Assert.Single(Server.Requests.Skip(before));
    }
}

public class PortProxyTests(PortFixture ports) : IClassFixture<PortFixture>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_dev_server_sees_its_own_path_or_the_whole_one()
    {
        var port = ports.Server.Url.Port;
        Assert.Equal("/a%2Fb?c=%20", (await ports.Seen(ports.Place + "a%2Fb?c=%20")).Target);
        Assert.Equal(ports.WholePlace + "a%2Fb?c", (await ports.Seen(ports.WholePlace + "a%2Fb?c")).Target);
        Assert.Equal($"{PortFixture.Prefix}proxy/absolute/{port}/x", (await ports.Seen($"{PortFixture.Prefix}proxy/absolute/{port}/x")).Target);

        // However the prefix is spelled, a server that compares it with its own base finds that.
        Assert.Equal(ports.WholePlace + "x", (await ports.Seen($"/user/we+ird%40ex.org/s-%c3%a9/absproxy/{port}/x")).Target);
    }

    [Fact]
    public async Task It_is_asked_as_localhost_and_told_where_it_is_to_be_found()
    {
        var seen = await ports.Seen(ports.Place, "Origin: https://hub.example.org:8443\r\n");
        Assert.Equal(["Host", "Origin", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Forwarded-Proto"], seen.Headers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal($"localhost:{ports.Server.Url.Port}", seen.Headers["Host"]);
        Assert.Equal($"http://localhost:{ports.Server.Url.Port}", seen.Headers["Origin"]);
        Assert.Equal("hub.example.org:8443", seen.Headers["X-Forwarded-Host"]);
        Assert.Equal(ports.Place.TrimEnd('/'), seen.Headers["X-Forwarded-Prefix"]);
        Assert.DoesNotContain("X-Forwarded-Prefix", (await ports.Seen(ports.WholePlace)).Headers.Keys);
        Assert.Equal("https://elsewhere.example.org", (await ports.Seen(ports.Place, "Origin: https://elsewhere.example.org\r\n")).Headers["Origin"]);
    }

    [Theory]
    [InlineData("X-JupyterHub-User: root")]
    [InlineData("x_jupyterhub_user: root")]
    [InlineData("X-JupyterHub-Server: root")]
    [InlineData("X-Forwarded-User: root")]
    [InlineData("Remote_User: root")]
    [InlineData("X.Forwarded.Server: root")]
    [InlineData("X-Forwarded-Prefix: /evil\r\nConnection: X-Forwarded-Prefix")]
    [InlineData("X_Forwarded_Prefix: /evil")]
    public async Task Nobody_is_announced_to_it_and_nobody_announces_himself(string header)
    {
        var seen = await ports.Seen(ports.Place, header + "\r\n");
        Assert.DoesNotContain(seen.Headers, line => line.Key.Contains("jupyterhub", StringComparison.OrdinalIgnoreCase) || line.Value.Contains("root", StringComparison.Ordinal) || line.Value.Contains("/evil", StringComparison.Ordinal));
        Assert.Equal(ports.Place.TrimEnd('/'), seen.Headers["X-Forwarded-Prefix"]);
    }

    [Fact]
    public async Task S6_no_cookie_of_ours_or_the_hubs_reaches_it_and_its_own_keep_their_bytes()
    {
        var seen = await ports.Seen(
            ports.Place,
            "Cookie: jupyterhub-session-id=secret; a=\"1 2\"; _xsrf=secret; waiide-0a1b2c3d=secret; b==; __Host-jupyterhub-user-x=secret; code-server-session=secret; .AspNetCore.Antiforgery=c\r\n");
        Assert.Equal("a=\"1 2\"; b==; .AspNetCore.Antiforgery=c", seen.Headers["Cookie"]);
        Assert.DoesNotContain(seen.Headers.Values, value => value.Contains("secret", StringComparison.Ordinal));
    }

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
    [InlineData("-1")]
    [InlineData("0")]
    [InlineData("%D9%A8%D9%A0%D9%A7%D9%A1")]
    [InlineData("\u0668\u0660\u0667\u0661")]
    [InlineData("8071%2f..")]
    [InlineData("absolute/evil.com")]
    [InlineData("absolute/localhost:3000")]
    public async Task S2_what_is_not_a_port_is_refused_on_the_wire(string port)
    {
        var before = ports.Server.Connections;
        foreach (var name in new[] { "proxy", "absproxy" })
        {
            // Sent as Latin-1, which a Kestrel that knows only ASCII targets refuses by itself.
            var answer = await ports.Get($"{PortFixture.Prefix}{name}/{port}/");
            Assert.Matches("^HTTP/1.1 40[04]", answer);
        }

        Assert.Equal(before, ports.Server.Connections);
    }

    [Fact]
    public async Task S2_ports_of_the_gateway_and_those_ruled_out_are_refused()
    {
        foreach (var port in new[] { ports.Gateway.Port, ports.Denied })
        {
            Assert.StartsWith("HTTP/1.1 403", await ports.Get($"{PortFixture.Prefix}proxy/{port}/"), StringComparison.Ordinal);
            Assert.StartsWith("HTTP/1.1 403", await ports.Get($"{PortFixture.Prefix}absproxy/{port}/", "Upgrade: websocket\r\nConnection: Upgrade\r\n"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_it_says_about_its_root_is_said_about_its_place()
    {
        ports.Server.When("/answer", context =>
        {
            var headers = context.Response.Headers;
            headers.Location = "/login";
            headers.SetCookie = new[] { "a=1; Path=/; Domain=example.org", "jupyterhub-user-ada=evil; Path=/", "_xsrf=evil", "=_xsrf=evil", "waiide-0a1b2c3d=evil" };
            headers["Clear-Site-Data"] = "\"*\"";
            headers["Alt-Svc"] = "h3=\":443\"";
            headers["NEL"] = "{}";
            headers["Report-To"] = "{}";
            headers["Service-Worker-Allowed"] = "/%2e%2e/../";
            headers["X-Own"] = "yes";
            return Task.CompletedTask;
        });
        var answer = (await ports.Get(ports.Place + "answer")).Split("\r\n");
        Assert.Contains($"Location: {ports.Place}login", answer);
        Assert.Equal($"Set-Cookie: a=1; Path={ports.Place}", Assert.Single(answer, line => line.StartsWith("Set-Cookie", StringComparison.Ordinal)));
        Assert.Contains($"Service-Worker-Allowed: {ports.Place}", answer);
        Assert.Contains("X-Own: yes", answer);
        Assert.DoesNotContain(answer, line => line.Split(':')[0] is "Clear-Site-Data" or "Alt-Svc" or "NEL" or "Report-To");
        Assert.DoesNotContain(answer, line => line.StartsWith("Content-Security-Policy: sandbox", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Bodies_stream_both_ways()
    {
        // More than any buffer between the two, and than Kestrel's usual limit of 30 MB.
        var body = new byte[40_000_000];
        Random.Shared.NextBytes(body);
        ports.Server.When("/up", async context => await context.Response.WriteAsync(Convert.ToHexString(await SHA256.HashDataAsync(context.Request.Body))));
        ports.Server.When("/down", async context => await context.Response.Body.WriteAsync(body));
        using var client = new HttpClient();
        using var up = await client.PostAsync(new Uri(ports.Gateway.Url, $"proxy/{ports.Server.Url.Port}/up"), new ByteArrayContent(body));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await up.Content.ReadAsStringAsync());
        Assert.Equal(SHA256.HashData(body), SHA256.HashData(await client.GetByteArrayAsync(new Uri(ports.Gateway.Url, $"proxy/{ports.Server.Url.Port}/down"))));
    }

    [Fact]
    public async Task An_event_is_seen_when_it_happens()
    {
        var next = new TaskCompletionSource();
        ports.Server.When("/events", async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: first\n\n");
            await context.Response.Body.FlushAsync();
            await next.Task;
            await context.Response.WriteAsync("data: second\n\n");
        });
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, ports.Gateway.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {ports.Place}events HTTP/1.0\r\nHost: localhost\r\n\r\n"));
        await Wire.ReadUntil(stream, "data: first");
        next.SetResult();
        await Wire.ReadUntil(stream, "data: second");
    }

    [Fact]
    public async Task A_WebSocket_goes_through_with_the_same_headers()
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("vite-hmr");
        socket.Options.SetRequestHeader("Origin", ports.Gateway.Url.GetLeftPart(UriPartial.Authority));
        socket.Options.SetRequestHeader("Cookie", "jupyterhub-session-id=secret; a=1");
        socket.Options.SetRequestHeader("X_JupyterHub_User", "root");
        await socket.ConnectAsync(new Uri($"ws://{ports.Gateway.Url.Authority}{ports.WholePlace}?token=x"), default).WaitAsync(Limit);
        Assert.Equal("vite-hmr", socket.SubProtocol);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);
        var buffer = new byte[10];
        var received = await socket.ReceiveAsync(buffer, default).WaitAsync(Limit);
        Assert.Equal("hello", Encoding.ASCII.GetString(buffer, 0, received.Count));

        var seen = ports.Server.Requests.Last(request => request.Target == ports.WholePlace + "?token=x");
        Assert.Equal($"http://localhost:{ports.Server.Url.Port}", seen.Headers["Origin"]);
        Assert.Equal($"localhost:{ports.Server.Url.Port}", seen.Headers["Host"]);
        Assert.Equal("a=1", seen.Headers["Cookie"]);
        Assert.DoesNotContain(seen.Headers.Keys, name => name.Contains("jupyterhub", StringComparison.OrdinalIgnoreCase));
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default).WaitAsync(Limit);
    }

    [Fact]
    public async Task A_server_that_listens_on_the_other_loopback_address_alone_is_found()
    {
        using var listener = new TcpListener(IPAddress.IPv6Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await Wire.ReadUntil(client.GetStream(), "\r\n\r\n");
            await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nsix"u8.ToArray());
        });
        Assert.EndsWith("six", await ports.Get($"{PortFixture.Prefix}proxy/{((IPEndPoint)listener.LocalEndpoint).Port}/"), StringComparison.Ordinal);
        await serving;
    }

    [Fact]
    public async Task Where_nothing_listens_a_person_gets_a_page_that_waits_and_a_program_a_sentence()
    {
        var port = Ports.Free();
        var page = await ports.Get($"{PortFixture.Prefix}proxy/{port}/?<script>=\"'", "Accept: text/html\r\n");
        Assert.StartsWith("HTTP/1.1 502", page, StringComparison.Ordinal);
        Assert.Contains($"Nothing listens on port {port}", page, StringComparison.Ordinal);
        Assert.Contains("location.reload()", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>=", page, StringComparison.Ordinal);

        var sentence = await ports.Get($"{PortFixture.Prefix}absproxy/{port}/api", "Accept: application/json\r\n");
        Assert.StartsWith("HTTP/1.1 502", sentence, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json", sentence, StringComparison.Ordinal);
        Assert.Contains($"Nothing listens on port {port}", sentence, StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 2\r\n", sentence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_speak_http_is_said_to_do_so()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await client.GetStream().WriteAsync("SSH-2.0-x\r\n"u8.ToArray());
        });
        var answer = await ports.Get($"{PortFixture.Prefix}proxy/{((IPEndPoint)listener.LocalEndpoint).Port}/", "Accept: application/json\r\n");
        Assert.StartsWith("HTTP/1.1 502", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing listens", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("SSH-2.0", answer, StringComparison.Ordinal);
        await serving;
    }

    [Fact]
    public async Task In_a_sandbox_every_answer_says_so()
    {
        await using var gateway = await BareGateway.StartAsync("/", ("WAIIDE_IDE_COMMAND", "/nowhere/code-server"), ("WAIIDE_SANDBOX_PORTS", "1"));
        ports.Server.When("/page", context =>
        {
            context.Response.Headers.ContentSecurityPolicy = "sandbox allow-same-origin allow-scripts";
            return Task.CompletedTask;
        });
        var answer = await Wire.Exchange(gateway.Port, $"GET /proxy/{ports.Server.Url.Port}/page HTTP/1.0\r\nHost: localhost\r\n\r\n");
        Assert.Contains("\r\nContent-Security-Policy: sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ada", "ada")]
    [InlineData("we+ird@ex.org", "we+ird@ex.org")]
    [InlineData("\u00e9 100%", "%C3%A9%20100%25")]
    [InlineData("a\r\nb\u007f", "a%0D%0Ab%7F")]
    [InlineData("", "")]
    public void A_name_in_a_header_is_visible_ASCII(string name, string header) => Assert.Equal(header, IdeRequest.Visible(name));
}
