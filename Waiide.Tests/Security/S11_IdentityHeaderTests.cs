using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>S11: what a client says about who it is reaches nobody, in any spelling, over HTTP and WebSocket; and "Connection" takes nothing away that is ours.</summary>
[Collection(nameof(Gateways))]
public class S11_IdentityHeaderTests(Gateways gateways)
{
    public static TheoryData<string> Names() =>
    [
        .. from name in new[]
           {
               "X-JupyterHub-User", "X-JupyterHub-Server", "X-JupyterHub-Anything", "Remote-User", "Remote-Groups", "Remote-Email", "Remote-Name", "X-Remote-User", "X-Forwarded-User", "X-Forwarded-Email",
               "X-Forwarded-Groups", "X-Forwarded-Preferred-Username", "X-Forwarded-Access-Token", "X-Auth-Request-User", "X-Auth-Request-Email", "X-Authenticated-User", "X-Real-IP", "X-Original-URL", "X-Rewrite-URL", "Forwarded",
           }
           from spelling in new[] { name, name.ToLowerInvariant(), name.ToUpperInvariant(), name.Replace('-', '_'), name.Replace('-', '_').ToLowerInvariant(), name.Replace('-', '.'), Half(name) }.Distinct()
           select spelling,
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_made_up_identity_does_not_arrive(string name)
    {
        using var caller = new Caller(gateways.Ada);
        (string, string)[] headers = [("Authorization", "token " + gateways.Hub.TokenOf("ada")), (name, "root-of-evil")];
        var before = gateways.Ada.Ide.Forwarded.Count();
        foreach (var target in new[] { "/user/ada/x", "/user/ada/proxy/3000/x" })
        {
            using var answer = await caller.AskAsync("GET", target, headers);
            using var upgrade = await caller.ConnectAsync(target, headers);
            Assert.Equal((200, 101), ((int)answer.StatusCode, (int)upgrade.StatusCode));
        }

        var seen = gateways.Ada.Ide.Forwarded.Skip(before).ToArray();
        Assert.Equal(4, seen.Length);
        Assert.All(seen, request => Assert.DoesNotContain("root-of-evil", string.Concat(request.Headers.Values), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("x", "X-Forwarded-Host, X-Forwarded-For, X-Forwarded-Proto")]
    [InlineData("x", "x-forwarded-host,x-jupyterhub-user,X-JupyterHub-Server,cookie,authorization,host")]
    [InlineData("x", "close, X-Forwarded-Host, Cookie")]
    [InlineData("proxy/3000/x", "X-Forwarded-Host, X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Prefix")]
    [InlineData("proxy/3000/x", "x-forwarded-host,x-jupyterhub-user,X-JupyterHub-Server,cookie,authorization,host")]
    public async Task Connection_does_not_take_away_what_we_add_or_let_through_what_we_remove(string target, string nominated)
    {
        var before = gateways.Ada.Ide.Forwarded.Count();
        foreach (var upgrade in new[] { "", "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nConnection: Upgrade\r\n" })
        {
            var status = await RawHttp.StatusAsync(
                gateways.Ada.Port,
                $"GET /user/ada/{target} HTTP/1.1\r\nHost: {gateways.Ada.Authority}\r\nAuthorization: token {gateways.Hub.TokenOf("ada")}\r\nX-JupyterHub-User: root\r\nX-JupyterHub-Server: root\r\nX-Forwarded-Prefix: /evil\r\nX-Forwarded-Host: evil\r\nX-Forwarded-For: 6.6.6.6\r\nConnection: {nominated}\r\n{upgrade}\r\n");
            Assert.Equal(upgrade.Length == 0 ? 200 : 101, status);
        }

        var seen = gateways.Ada.Ide.Forwarded.Skip(before).ToArray();
        Assert.Equal(2, seen.Length);
        Assert.All(seen, request =>
        {
            Assert.Equal(gateways.Ada.Authority, request.Headers["X-Forwarded-Host"]);
            Assert.Equal("127.0.0.1", request.Headers["X-Forwarded-For"]);
            Assert.Equal("http", request.Headers["X-Forwarded-Proto"]);
            Assert.DoesNotContain("Authorization", request.Headers.Keys);

            // The IDE is told who asks, by us; a dev server is told where it is found, and nothing about anybody.
            (string, string)[] ours = target == "x" ? [("X-JupyterHub-Server", ""), ("X-JupyterHub-User", "ada")] : [("X-Forwarded-Prefix", "/user/ada/proxy/3000")];
            Assert.Equal(ours, request.Headers.Where(header => header.Key.StartsWith("X-JupyterHub", StringComparison.OrdinalIgnoreCase) || header.Key == "X-Forwarded-Prefix").Select(header => (header.Key, header.Value)).Order());
        });
    }

    [Fact]
    public async Task Connection_does_not_take_away_what_the_gateway_goes_by()
    {
        using var browser = await gateways.SignedInAsync();
        foreach (var header in new[] { "Origin: http://evil.example.org\r\nConnection: Origin", "Sec-Fetch-Site: cross-site\r\nConnection: Sec-Fetch-Site", "Connection: Origin", "Connection: X-Forwarded-Proto, Origin, Host" })
        {
            Assert.Equal(403, await RawHttp.StatusAsync(
                gateways.Ada.Port, $"POST /user/ada/x HTTP/1.1\r\nHost: {gateways.Ada.Authority}\r\nCookie: {browser.CookiesFor("/user/ada/")}\r\nContent-Length: 0\r\n{header}\r\n\r\n"));
        }
    }

    // Servers of the CGI kind read "-" and "_" as one, and some "." too; some clients mix them.
    private static string Half(string name) => name.LastIndexOf('-') is > 0 and var at ? string.Concat(name.AsSpan(0, at), "_", name.AsSpan(at + 1)) : name;
}
