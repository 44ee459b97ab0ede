using Waiide.Tests.Gateway.Proxy;
using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>S3: what a request says comes back as text, never as markup: in no error page, and in no error of a program's.</summary>
[Collection(nameof(Gateways))]
public class S03_ReflectedMarkupTests(Gateways gateways)
{
    // Letters that no page of ours has around these characters.
    private const string Markup = "qzq<qzq>qzq\"qzq'qzq";

    private static readonly string[] Unescaped = ["qzq<", "qzq>", "qzq\"qzq", "qzq'qzq", "<qzq", "<script>alert"];

    private static readonly string Encoded = Uri.EscapeDataString(Markup);

    private static readonly string[] Paths =
    [
        "{p}/x/../{m}", "{p}/%2e%2e/{m}", "{p}/{m}\\", "{p}/x#{m}", "/{m}", "{p}x/{m}", "{p}/proxy/{m}/", "{p}/absproxy/{m}/x", "{p}/proxy/{own}/{m}", "{p}/proxy/99999/{m}", "{p}/api/{m}",
        "{p}/api/{m}?{m}", "{p}/{m}?{m}={m}", "{p}/oauth_callback?error={m}", "{p}/oauth_callback?code={m}&state={m}", "{p}/oauth_callback?{m}", "{p}/login?next=/{m}", "{p}/login?token={m}",
        "{p}/login?next={m}&token={m}", "{p}/logout?{m}", "{p}?{m}", "{p}/health?{m}", "{p}/fails?{m}", "{p}/breaks?{m}", "{m}", "*{m}",
    ];

    [Theory]
    [MemberData(nameof(Gateways.Modes), MemberType = typeof(Gateways))]
    public async Task No_answer_of_ours_repeats_a_character_of_markup(string mode)
    {
        var gateway = gateways.In(mode);
        gateway.Ide.When("/breaks", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        var token = mode == Gateways.UnderHub ? gateways.Hub.TokenOf("ada") : RunningGateway.Token;
        foreach (var path in Paths)
        {
            foreach (var text in new[] { Markup, Encoded, "<script>alert(1)</script>", "%3Cscript%3Ealert(1)" })
            {
                var target = path.Replace("{p}", Gateways.PrefixOf(mode), StringComparison.Ordinal).Replace("{own}", $"{gateway.Port}", StringComparison.Ordinal).Replace("{m}", text, StringComparison.Ordinal);
                foreach (var kind in new[] { "Accept: text/html\r\n", "Accept: application/json\r\n", "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Site: none\r\n", "Sec-Fetch-Site: cross-site\r\n" })
                {
                    foreach (var credentials in new[] { "", $"Authorization: token {token}\r\n" })
                    {
                        await Check(gateway, $"GET {target} HTTP/1.1\r\nHost: {gateway.Authority}\r\n{kind}{credentials}Connection: close\r\n\r\n");
                    }
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Gateways.Modes), MemberType = typeof(Gateways))]
    public async Task Nor_one_that_came_in_a_header(string mode)
    {
        var gateway = gateways.In(mode);
        foreach (var header in new[]
        {
            "Host: {m}", "Host: localhost\r\nReferer: http://x/{m}", "Host: localhost\r\nOrigin: http://{m}", "Host: localhost\r\nCookie: jupyterhub-user-ada={m}; x={m}", "Host: localhost\r\nAuthorization: token {m}",
            "Host: localhost\r\nUser-Agent: {m}", "Host: localhost\r\nX-Forwarded-Host: {m}", "Host: localhost\r\nX-Forwarded-Proto: {m}", "Host: localhost\r\nX-Forwarded-Prefix: {m}", "Host: localhost\r\nAccept: text/html,{m}",
            "Host: localhost\r\nSec-Fetch-Site: {m}", "Host: localhost\r\nContent-Length: {m}", "Host: localhost\r\nTransfer-Encoding: {m}", "Host: localhost\r\nUpgrade: {m}\r\nConnection: Upgrade", "Host: localhost\r\n{m}: x",
        })
        {
            foreach (var method in new[] { "GET", "POST", "qzq<qzq" })
            {
                await Check(gateway, $"{method} {Gateways.PrefixOf(mode)}/x HTTP/1.1\r\n{header.Replace("{m}", Markup, StringComparison.Ordinal)}\r\nAccept: text/html\r\nConnection: close\r\n\r\n");
            }
        }
    }

    [Fact]
    public async Task The_name_of_a_user_is_text_too()
    {
        gateways.Hub.Users[Markup] = ["access:servers!user=x"];
        using var caller = new Caller(gateways.Ada);
        using var answer = await caller.AskAsync("GET", "/user/ada/x", ("Authorization", "token " + gateways.Hub.TokenOf(Markup)), ("Accept", "text/html"));
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Contains("qzq&lt;qzq&gt;qzq&quot;qzq&#x27;qzq", body, StringComparison.Ordinal);
        Assert.All(Unescaped, text => Assert.DoesNotContain(text, body, StringComparison.Ordinal));
    }

    // What Kestrel refuses before there is a request has no body, and no headers of ours.
    private static async Task Check(RunningGateway gateway, string request)
    {
        var answer = await Wire.Exchange(gateway.Port, request, from: "127.0.0.67"); // Its wrong tokens slow down nobody else.
        var (head, body) = (answer.Split("\r\n\r\n")[0], answer[Math.Min(answer.Length, answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        if (head.Contains("X-Stub: ide", StringComparison.Ordinal))
        {
            return; // The IDE's own words.
        }

        Assert.DoesNotContain("X-Injected", head, StringComparison.Ordinal);
        Assert.True(head.Contains("X-Content-Type-Options: nosniff", StringComparison.Ordinal) || body.Length == 0, answer);
        foreach (var text in Unescaped)
        {
            Assert.False(body.Contains(text, StringComparison.Ordinal), $"{request}was answered with\n{answer}");
        }
    }
}
