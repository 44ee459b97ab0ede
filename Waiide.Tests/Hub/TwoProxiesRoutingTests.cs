using System.Globalization;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>The same request through our front proxy and through the real one reaches the same server in the same words, and comes back in the same.</summary>
[Collection(TwoProxiesTests.Name)]
public sealed class TwoProxiesRoutingTests(TwoProxies proxies)
{
    [SkippableTheory]
    [InlineData("/user/alice")]
    [InlineData("/user/alice/")]
    [InlineData("/user/alice//x//")]
    [InlineData("/user//alice/")]
    [InlineData("/user/alice/env-one")]
    [InlineData("/user/alice/env-one/x/y")]
    [InlineData("/user/alice/env%2Done/x")]
    [InlineData("/user/alice/env-on/x")]
    [InlineData("/user/Alice/")]
    [InlineData("/user%2Falice%2Fenv-one/x")]
    [InlineData("/user/alice%2Fenv-one/x")]
    [InlineData("/user/alice/x/../env-one/y")]
    [InlineData("/user/alice/./env-one/./y/.")]
    [InlineData("/user/alice/env-one/x/..")]
    [InlineData("/user/alice/..")]
    [InlineData("/user/dave/../alice/y")]
    [InlineData("/user/dave/%2e%2e/alice/y")]
    [InlineData("/user/dave/.%2E/alice/y")]
    [InlineData("/user/dave/..%2falice/y")]
    [InlineData("/user/dave/%2e%2e%2falice/y")]
    [InlineData("/user/dave%2f..%2falice/y")]
    [InlineData("/user/dave/%252e%252e/alice/y")]
    [InlineData("/../../user/dave/x")]
    [InlineData("/user/dave\\..\\alice/y")]
    [InlineData("/user\\alice\\y")]
    [InlineData("/user/dave/..;/alice/y")]
    [InlineData("/user/dave;/x")]
    [InlineData("//user/alice/x")]
    [InlineData("//evil/user/alice/x")]
    [InlineData("//evil/../user/alice/x/./y")]
    [InlineData("/\\evil/user/alice/x")]
    [InlineData("///evil/user/dave/x")]
    [InlineData("/user/we%2Bird@ex.org/s-%C3%A9/x")]
    [InlineData("/user/we%2bird%40ex.org/s-%c3%a9/x")]
    [InlineData("/user/we+ird@ex.org/s-%C3%A9")]
    [InlineData("/user/we+ird@ex.org/s-%E9")]
    [InlineData("/user/alice/a%2Fb%41%7e//c/./d;e=f,g?q=%20+%22&x=[]|{}\\'<>")]
    [InlineData("/user/alice/a\"b<c>d`e{f}gh|i[j]k~l!m$n&o'p(q)r*s+t,u=v:w@x")]
    [InlineData("/user/alice/x?")]
    [InlineData("/user/alice/x??a=/../b")]
    [InlineData("/user/alice?x=/user/dave/")]
    [InlineData("/user/alice/x#/../../dave")]
    [InlineData("/user/alice#x")]
    [InlineData("/user/alice/%00x")]
    [InlineData("/user/alice/%0d%0aX-Injected:%20y")]
    [InlineData("/below/x?y=z")]
    [InlineData("/below")]
    [InlineData("http://hub.example.org/user/alice/absolute")]
    [InlineData("http://hub.example.org?x=/user/alice/")]
    [InlineData("http://user:word@hub.example.org/user/alice/userinfo")]
    [InlineData("/user/alice/%zz")]
    [InlineData("/user/alice/%")]
    [InlineData("/user/alice/%ff")]
    [InlineData("/user/alice/%ed%a0%80")]
    [InlineData("/user/alice/%c0%ae%c0%ae/x")]
    [InlineData("//")]
    [InlineData("/down/x")]
    [InlineData("/hang/x")]
    [InlineData("/services/none/")]
    [InlineData("/_chp_healthz")]
    [InlineData("/_chp_healthz?x")]
    public async Task A_target_leads_to_the_same_place(string target)
    {
        Prerequisites.Need("node", "npm");
        var host = target.StartsWith("http:", StringComparison.Ordinal) ? "hub.example.org" : "127.0.0.1";
        var request = $"GET {target} HTTP/1.1\r\nHost: {host}\r\nX-Mark: MARK\r\nConnection: close\r\n\r\n";
        var (ours, real) = (await ThroughAsync(proxies.Hub.Front.Port, request), await ThroughAsync(proxies.Real.Port, request));
        Assert.Equal(real, ours);
    }

    [SkippableTheory]
    [InlineData("GET", "")]
    [InlineData("GET", "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Port: 443\r\nX-Scheme: https\r\n")]
    [InlineData("GET", "Connection: close\r\n")]
    [InlineData("GET", "Connection: keep-alive, x-forwarded-for, x-secret\r\nX-Secret: 1\r\n")]
    [InlineData("GET", "Upgrade-Insecure-Requests: 1\r\nDNT: 1\r\nTE: trailers\r\nPriority: u=0\r\nAccept-Encoding: gzip, br\r\nIf-None-Match: \"x\"\r\nRange: bytes=0-1\r\n")]
    [InlineData("GET", "Proxy-Authorization: Basic eDp5\r\nProxy-Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nTrailer: X\r\n")]
    [InlineData("GET", "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: a=b\r\nbaggage: c=d\r\nRequest-Id: |x.\r\nCorrelation-Context: e=f\r\n")]
    [InlineData("GET", "Cookie: a=b; a=c\r\nCookie: d=\"e\"\r\nAuthorization: token abc\r\nX-Empty:\r\nX-Twice: 1\r\nX-Twice: 2\r\nUser-Agent: x (y) z/1 (\r\n")]
    [InlineData("GET", "User-Agent: \r\nReferer: not a url\r\nDate: yesterday\r\nFrom: nobody\r\nContent-Type: nonsense\r\nAccept: ,\r\nIf-Modified-Since: never\r\n")]
    [InlineData("DELETE", "")]
    [InlineData("OPTIONS", "Origin: http://x\r\nAccess-Control-Request-Method: PUT\r\n")]
    [InlineData("HEAD", "")]
    [InlineData("PROPFIND", "Depth: 1\r\n")]
    [InlineData("POST", "Content-Length: 0\r\n")]
    [InlineData("PUT", "Content-Length: 5\r\nContent-Type: text/plain;charset=x\r\nContent-Encoding: gzip\r\n\r\nhello")]
    public async Task A_request_arrives_with_the_same_headers(string method, string headers)
    {
        Prerequisites.Need("node", "npm");
        var end = headers.Contains("\r\n\r\n", StringComparison.Ordinal) ? "" : "\r\n";
        var request = $"{method} /user/alice/headers HTTP/1.1\r\nHost: hub.example.org:1234\r\nX-Mark: MARK\r\n{headers}{end}";
        var (ours, real) = (await ThroughAsync(proxies.Hub.Front.Port, request), await ThroughAsync(proxies.Real.Port, request));
        Assert.Equal(real, ours);
    }

    /// <summary>The status that a raw request gets, and which server got what.</summary>
    private async Task<string> ThroughAsync(int port, string request)
    {
        var mark = Guid.NewGuid().ToString("N");
        var status = await RawHttp.StatusAsync(port, request.Replace("MARK", mark, StringComparison.Ordinal));
        var seen = new (string Name, StubIde Stub)[] { ("alice", proxies.Alice), ("env-one", proxies.EnvOne), ("dave", proxies.Dave) }
            .SelectMany(entry => entry.Stub.Requests.Where(recorded => recorded.Headers.GetValueOrDefault("X-Mark") == mark).Select(recorded => $"{entry.Name} got {recorded.Method} {recorded.Target}\n{Headers(recorded)}"));
        return string.Join('\n', [status.ToString(CultureInfo.InvariantCulture), .. seen]);
    }

    // Without what is between neighbours (https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1): ours keeps it to itself, the real one passes on some. No body may be said or not.
    private static string Headers(StubIde.Recorded request) => string.Join('\n', request.Headers
        .Where(header => (header.Key.ToLowerInvariant(), header.Value) == ("connection", "close") || header.Key.ToLowerInvariant() is not ("connection" or "x-mark" or "transfer-encoding" or "keep-alive" or "proxy-authorization" or "proxy-connection" or "te"))
        .Where(header => (header.Key.ToLowerInvariant(), header.Value) != ("content-length", "0"))
        .Select(header => $"{header.Key.ToLowerInvariant()}: {header.Value}")
        .Order(StringComparer.Ordinal));
}
