using Microsoft.AspNetCore.Http;

namespace Waiide.Tests.Gateway.Proxy;

public class ProxyHeaderTests(ProxyFixture proxy) : IClassFixture<ProxyFixture>
{
    private const string Session = "code-server-session=" + ProxyFixture.Password;

    [Theory]
    [InlineData("jupyterhub-user-ada=secret")]
    [InlineData("jupyterhub-user-ada-oauth-state-1234=secret")]
    [InlineData("jupyterhub-session-id=secret")]
    [InlineData("__Host-jupyterhub-user-ada=secret")]
    [InlineData("JupyterHub-User-Ada=secret")]
    [InlineData("_xsrf=secret")]
    [InlineData("waiide-0a1b2c3d=secret")]
    [InlineData("__Host-waiide-0a1b2c3d=secret")]
    [InlineData(".AspNetCore.Correlation.x=secret")]
    [InlineData(".Aspire.Dashboard.15100=secret")]
    [InlineData("code-server-session=secret")]
    public async Task Private_cookies_stay_here(string cookie)
    {
        foreach (var line in new[] { cookie, $"a=1; {cookie}", $"{cookie}; a=1", $"a=1; {cookie}; b=2", $"a=1;{cookie};b=2" })
        {
            var seen = await proxy.Seen("/x", $"Cookie: {line}\r\n");
            Assert.DoesNotContain("=secret", seen.Headers["Cookie"], StringComparison.Ordinal);
            Assert.EndsWith(Session, seen.Headers["Cookie"], StringComparison.Ordinal);
            Assert.Equal(line.Contains("a=1", StringComparison.Ordinal), seen.Headers["Cookie"].Contains("a=1", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("a=1; b=\"two words\"; c=%20%2F; d==; e")]
    [InlineData("a=1;b=2;  c=3")]
    [InlineData("caf\u00e9=\u00fc\u00ff; my_xsrf=1; xjupyterhub-=2; mywaiide-a=3")]
    public async Task Other_cookies_keep_their_bytes_and_their_order(string cookies)
    {
        Assert.Equal($"{cookies}; {Session}", (await proxy.Seen("/x", $"Cookie: {cookies}\r\n")).Headers["Cookie"]);
        Assert.Equal($"{cookies}; {Session}", (await proxy.Seen("/x", $"Cookie: _xsrf=9; {cookies}\r\n")).Headers["Cookie"]);
    }

    [Theory]
    [InlineData("Authorization: token abc")]
    [InlineData("Authorization: Bearer abc")]
    [InlineData("authorization: TOKEN abc")]
    [InlineData("Authorization: bearer")]
    [InlineData("X-JupyterHub-Users: root")]
    [InlineData("x-jupyterhub-servers: root")]
    [InlineData("X.JupyterHub.User: root")]
    [InlineData("X_JupyterHub_User: root")]
    [InlineData("X-JupyterHub_User: root")]
    [InlineData("Remote-User: root")]
    [InlineData("Remote_User: root")]
    [InlineData("REMOTE_USER: root")]
    [InlineData("X-Forwarded-User: root")]
    [InlineData("Forwarded: host=evil.example.org")]
    [InlineData("X-Auth-Request-Email: root")]
    [InlineData("X-Original-URL: /root")]
    [InlineData("Keep-Alive: timeout=5")]
    [InlineData("Proxy-Authorization: Basic abc")]
    [InlineData("Proxy-Connection: keep-alive")]
    [InlineData("TE: trailers")]
    [InlineData("X-Mine: 1\r\nConnection: X-Mine")]
    [InlineData("X-Mine: 1\r\nConnection: other, x-mine")]
    public async Task Private_and_hop_by_hop_headers_stay_here(string header)
    {
        var name = header.Split(':')[0];
        Assert.DoesNotContain(name, (await proxy.Seen("/x", header + "\r\n")).Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("Authorization: Basic dTpw")]
    [InlineData("Authorization: tokenizer abc")]
    [InlineData("X-Custom: a, b;c=\"d\"")]
    [InlineData("X-Bytes: caf\u00e9 \u00ff")]
    [InlineData("Accept-Encoding: br, gzip")]
    [InlineData("Range: bytes=0-5")]
    [InlineData("If-None-Match: W/\"x\"")]
    [InlineData("traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("User-Agent: weird/1.0 (a; b)")]
    public async Task Other_headers_pass_as_they_are(string header)
    {
        var (name, value) = (header.Split(": ")[0], header.Split(": ", 2)[1]);
        Assert.Equal(value, (await proxy.Seen("/x", header + "\r\n")).Headers[name]);
    }

    [Fact]
    public async Task Nothing_is_added_but_who_asks_and_where_the_request_came_from()
    {
        var seen = await proxy.Seen("/x");
        Assert.Equal(["Cookie", "Host", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-JupyterHub-Server", "X-JupyterHub-User"], seen.Headers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(proxy.Ide.Url.Authority, seen.Headers["Host"]);
        Assert.Equal("hub.example.org:8443", seen.Headers["X-Forwarded-Host"]);
        Assert.Equal("127.0.0.1", seen.Headers["X-Forwarded-For"]);
        Assert.Equal("http", seen.Headers["X-Forwarded-Proto"]);
    }

    [Fact]
    public async Task What_a_stranger_says_about_the_way_is_replaced()
    {
        var seen = await proxy.Seen("/x", "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: evil.example.org\r\nX-Forwarded-Proto: https\r\nX_Forwarded_Host: evil\r\nConnection: X-Forwarded-Host\r\n");
        Assert.Equal("hub.example.org:8443", seen.Headers["X-Forwarded-Host"]);
        Assert.Equal("127.0.0.1", seen.Headers["X-Forwarded-For"]);
        Assert.Equal("http", seen.Headers["X-Forwarded-Proto"]);
        Assert.DoesNotContain("X_Forwarded_Host", seen.Headers.Keys);
    }

    [Fact]
    public async Task The_answers_headers_pass_and_the_gateways_come_once()
    {
        proxy.Ide.When("/answer", async context =>
        {
            context.Response.Headers.ContentSecurityPolicy = "script-src 'nonce-1'";
            context.Response.Headers["Service-Worker-Allowed"] = "/";
            context.Response.Headers.XFrameOptions = "DENY";
            context.Response.Headers.XContentTypeOptions = "nosniff";
            context.Response.Headers["X-Bytes"] = "caf\u00e9";
            context.Response.Headers.SetCookie = new[] { "vscode-tkn=1; Path=/", "code-server-session=evil; Path=/", "jupyterhub-user-ada=evil; Path=/", "waiide-0a1b2c3d=evil" };
            context.Response.ContentType = "text/javascript";
            await context.Response.WriteAsync("x");
        });
        var answer = await proxy.Raw($"GET {ProxyFixture.Prefix}answer HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        var lines = answer.Split("\r\n");
        Assert.Contains("Content-Security-Policy: script-src 'nonce-1'", lines);
        Assert.Contains("Service-Worker-Allowed: /", lines);
        Assert.Contains("X-Bytes: caf\u00e9", lines);
        Assert.Contains("Set-Cookie: vscode-tkn=1; Path=/", lines);
        Assert.DoesNotContain("=evil", answer, StringComparison.Ordinal);
        Assert.Equal("X-Frame-Options: SAMEORIGIN", Assert.Single(lines, line => line.StartsWith("X-Frame-Options", StringComparison.OrdinalIgnoreCase)));
        Assert.Single(lines, line => line.StartsWith("X-Content-Type-Options", StringComparison.OrdinalIgnoreCase));
    }
}
