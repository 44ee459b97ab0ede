namespace Waiide.Tests.Security.Smuggling;

/// <summary>Requests that two servers may read differently. Each hides a request for /smuggled, without credentials, where a wrong reading finds it.</summary>
internal static class SmugglingAttempts
{
    private const string Hidden = "GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n";

    // {host} and {token} are filled in by the test.
    private const string Head = " /case HTTP/1.1\r\nHost: {host}\r\nAuthorization: token {token}\r\n";
    private const string Chunked = "POST" + Head + "Transfer-Encoding: chunked\r\n\r\n";

    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

    /// <summary>What cannot be read in one way only: 400 (or the status given), and the upstream hears nothing.</summary>
    public static readonly (string Name, string Bytes)[] Refused =
    [
        // CVE-2025-55315: https://github.com/dotnet/announcements/issues/371
        ("LF in a chunk extension", Chunked + "5;\nabcde\r\n0\r\n\r\n" + Hidden),
        ("LF in a chunk extension, a request behind it", Chunked + "2;\nxx\r\n32\r\n0\r\n\r\n" + Hidden + "\r\n0\r\n\r\n"),
        ("CR in a chunk extension", Chunked + "5;\rabcde\r\n0\r\n\r\n" + Hidden),
        ("LF at the end of a chunk extension", Chunked + "5;a=b\nabcde\r\n0\r\n\r\n" + Hidden),
        ("LF after a chunk size", Chunked + "5\nabcde\r\n0\r\n\r\n" + Hidden),
        ("LF after a chunk's bytes", Chunked + "5\r\nabcde\n0\r\n\r\n" + Hidden),
        ("a chunk longer than said", Chunked + "5\r\nabcdefgh\r\n0\r\n\r\n" + Hidden),
        ("a chunk size with 0x", Chunked + "0x5\r\nabcde\r\n0\r\n\r\n" + Hidden),
        ("a chunk size with a sign", Chunked + "+5\r\nabcde\r\n0\r\n\r\n" + Hidden),
        ("a negative chunk size", Chunked + "-1\r\nabcde\r\n0\r\n\r\n" + Hidden),
        ("a chunk size that overflows 32 bits", Chunked + "100000005\r\nabcde\r\n0\r\n\r\n" + Hidden),
        ("a chunk size that overflows 64 bits", Chunked + "10000000000000005\r\nabcde\r\n0\r\n\r\n" + Hidden),
        ("a chunk size that is no number", Chunked + "five\r\nabcde\r\n0\r\n\r\n" + Hidden),
        ("no chunk size", Chunked + "\r\nabcde\r\n0\r\n\r\n" + Hidden),

        ("two different lengths", "POST" + Head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde" + Hidden),
        ("two lengths in one line", "POST" + Head + "Content-Length: 5, 6\r\n\r\nabcde" + Hidden),
        ("a length with a sign", "POST" + Head + "Content-Length: +5\r\n\r\nabcde" + Hidden),
        ("a negative length", "POST" + Head + "Content-Length: -5\r\n\r\nabcde" + Hidden),
        ("a length in hexadecimal", "POST" + Head + "Content-Length: 0x5\r\n\r\nabcde" + Hidden),
        ("a length that overflows", "POST" + Head + "Content-Length: 18446744073709551621\r\n\r\nabcde" + Hidden),
        ("a length and something", "POST" + Head + "Content-Length: 5;x\r\n\r\nabcde" + Hidden),
        ("no length", "POST" + Head + "Content-Length:\r\n\r\nabcde" + Hidden),
        ("a length with a NUL", "POST" + Head + "Content-Length: 5\0\r\n\r\nabcde" + Hidden),

        ("a coding and a length", "POST" + Head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + Hidden),
        ("a length and a coding", "POST" + Head + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Hidden),
        ("chunked, then identity", "POST" + Head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + Hidden),
        ("a coding of two lines", "POST" + Head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + Hidden),
        ("a coding that nobody knows", "POST" + Head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + Hidden),
        ("a coding in quotes", "POST" + Head + "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n" + Hidden),
        ("a coding with a vertical tab", "POST" + Head + "Transfer-Encoding: \vchunked\r\n\r\n0\r\n\r\n" + Hidden),
        ("only identity", "POST" + Head + "Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nabcde" + Hidden),

        ("a folded line", "POST" + Head + "X-A: 1\r\n Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nabcde" + Hidden),
        ("a folded coding", "POST" + Head + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" + Hidden),
        ("a space before the colon", "POST" + Head + "Content-Length : 5\r\n\r\nabcde" + Hidden),
        ("a tab before the colon", "POST" + Head + "Transfer-Encoding\t: chunked\r\n\r\n0\r\n\r\n" + Hidden),
        ("a space before the name", "POST /case HTTP/1.1\r\n Host: {host}\r\nContent-Length: 5\r\n\r\nabcde" + Hidden),
        ("a line without a colon", "POST" + Head + "Nonsense\r\nContent-Length: 5\r\n\r\nabcde" + Hidden),
        ("a name that is none", "POST" + Head + ": x\r\nContent-Length: 5\r\n\r\nabcde" + Hidden),
        ("a NUL in a value", "POST" + Head + "X-A: a\0b\r\nContent-Length: 5\r\n\r\nabcde" + Hidden),
        ("a NUL in a name", "POST" + Head + "X-\0A: b\r\nContent-Length: 5\r\n\r\nabcde" + Hidden),
        ("a NUL in the target", "GET /ca\0se HTTP/1.1\r\nHost: {host}\r\nAuthorization: token {token}\r\n\r\n"),
        ("a CR in a value", "POST" + Head + "X-A: a\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nabcde" + Hidden),
        ("CR as the end of lines", "GET /case HTTP/1.1\rHost: {host}\rAuthorization: token {token}\r\r" + Hidden),

        ("two hosts", "GET" + Head + "Host: evil.example.org\r\n\r\n"),
        ("no host", "GET /case HTTP/1.1\r\nAuthorization: token {token}\r\n\r\n"),
        ("a host with a space", "GET /case HTTP/1.1\r\nHost: a b\r\nAuthorization: token {token}\r\n\r\n"),
        ("a host with a path", "GET /case HTTP/1.1\r\nHost: {host}/x\r\nAuthorization: token {token}\r\n\r\n"),
        ("another host in the target", "GET http://evil.example.org/case HTTP/1.1\r\nHost: {host}\r\nAuthorization: token {token}\r\n\r\n"),
        ("a target without a slash", "GET case HTTP/1.1\r\nHost: {host}\r\nAuthorization: token {token}\r\n\r\n"),
        ("a version that is none", "GET /case HTTP/1.9x\r\nHost: {host}\r\nAuthorization: token {token}\r\n\r\n"),
        ("chunks in HTTP/1.0", "POST /case HTTP/1.0\r\nHost: {host}\r\nAuthorization: token {token}\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + Hidden),

        ("an upgrade with a body", "GET" + Head + Upgrade + "Content-Length: 45\r\n\r\n" + Hidden),
        ("an upgrade with chunks", "GET" + Head + Upgrade + "Transfer-Encoding: chunked\r\n\r\n2d\r\n" + Hidden + "\r\n0\r\n\r\n"),
        ("an upgrade by POST", "POST" + Head + Upgrade + "Content-Length: 5\r\n\r\nabcde"),

        ("a line of 40,000 letters", "GET /case?" + new string('a', 40_000) + " HTTP/1.1\r\nHost: {host}\r\nAuthorization: token {token}\r\n\r\n" + Hidden),
        ("headers of 80,000 letters", "GET" + Head + string.Concat(Enumerable.Range(0, 8).Select(i => $"X-A{i}: {new string('a', 10_000)}\r\n")) + "\r\n" + Hidden),
        ("headers without end", "GET" + Head + string.Concat(Enumerable.Range(0, 300).Select(i => $"X-A{i}: a\r\n")) + "\r\n" + Hidden),
    ];

    /// <summary>What can be read in one way only, however odd: one request with this body, and the next on the connection is the next.</summary>
    public static readonly (string Name, string Bytes, string Body)[] Understood =
    [
        ("a length", "POST" + Head + "Content-Length: 5\r\n\r\nabcde", "abcde"),
        ("a request in a body", "POST" + Head + "Content-Length: 45\r\n\r\n" + Hidden, Hidden),
        ("chunks", Chunked + "5\r\nabcde\r\n3\r\nfgh\r\n0\r\n\r\n", "abcdefgh"),
        ("a request in a chunk", Chunked + "2d\r\n" + Hidden + "\r\n0\r\n\r\n", Hidden),
        ("a chunk extension", Chunked + "5;a=b;c=\"d\"\r\nabcde\r\n0;e\r\n\r\n", "abcde"),
        ("a chunk size with zeros", Chunked + "00000005\r\nabcde\r\n000\r\n\r\n", "abcde"),
        ("a coding in capitals", "POST" + Head + "Transfer-Encoding: CHUNKED\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", "abcde"),
        ("forbidden trailer fields", Chunked + "5\r\nabcde\r\n0\r\nContent-Length: 100\r\nTransfer-Encoding: identity\r\nHost: evil.example.org\r\nX-JupyterHub-User: root\r\n\r\n", "abcde"),
        ("a body that is waited for", "POST" + Head + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nabcde", "abcde"),
        ("chunks that are waited for", "POST" + Head + "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", "abcde"),
        ("a GET with a body", "GET" + Head + "Content-Length: 5\r\n\r\nabcde", "abcde"),
        ("a connection that names its length", "POST" + Head + "Connection: Content-Length\r\nContent-Length: 5\r\n\r\nabcde", "abcde"),
        ("a connection that names its coding", "POST" + Head + "Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", "abcde"),
        ("our host in the target", "GET http://{host}/case HTTP/1.1\r\nHost: {host}\r\nAuthorization: token {token}\r\n\r\n", ""),
        ("an upgrade to HTTP/2", "GET" + Head + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n", ""),
        ("an upgrade that the upstream declines", "GET" + Head + Upgrade + "\r\n", ""),
    ];

    /// <summary>Ambiguous enough that servers differ: refused, or one request with this body; never two.</summary>
    public static readonly (string Name, string Bytes, string Body)[] Either =
    [
        ("the same length twice", "POST" + Head + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nabcde", "abcde"),
        ("the same length twice in one line", "POST" + Head + "Content-Length: 5, 5\r\n\r\nabcde", "abcde"),
        ("identity, then chunked", "POST" + Head + "Transfer-Encoding: identity, chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", "abcde"),
        ("chunked twice", "POST" + Head + "Transfer-Encoding: chunked, chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", "abcde"),
        ("gzip, then chunked", "POST" + Head + "Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n", "abcde"),
        ("LF as the end of lines", "GET /case HTTP/1.1\nHost: {host}\nAuthorization: token {token}\n\n", ""),
        ("LF as the end of one line", "POST /case HTTP/1.1\r\nHost: {host}\r\nAuthorization: token {token}\nContent-Length: 5\r\n\r\nabcde", "abcde"),
        ("a space before a chunk size", Chunked + " 5\r\nabcde\r\n0\r\n\r\n", "abcde"),
        ("a space after a chunk size", Chunked + "5 \r\nabcde\r\n0\r\n\r\n", "abcde"),
        ("a chunk size with very many zeros", Chunked + new string('0', 200) + "5\r\nabcde\r\n0\r\n\r\n", "abcde"),
        ("a very long chunk extension", Chunked + "5;" + new string('a', 100_000) + "\r\nabcde\r\n0\r\n\r\n", "abcde"),
        ("very long trailers", Chunked + "5\r\nabcde\r\n0\r\nX-A: " + new string('a', 100_000) + "\r\n\r\n", "abcde"),
        ("an expectation that nobody knows", "POST" + Head + "Expect: 200-ok\r\nContent-Length: 5\r\n\r\nabcde", "abcde"),
        ("an empty line before the request", "\r\nGET" + Head + "\r\n", ""),
        ("a host with a comma", "GET /case HTTP/1.1\r\nHost: {host}, evil.example.org\r\nAuthorization: token {token}\r\n\r\n", ""),
        ("a name with an underscore", "POST" + Head + "Content_Length: 100\r\nContent-Length: 5\r\n\r\nabcde", "abcde"),
    ];

    /// <summary>An upgrade that the upstream declines, and a request right behind it, which is a request like every other: it has no credentials.</summary>
    public const string BehindAnUpgrade = "GET" + Head + Upgrade + "\r\n" + Hidden;

    /// <summary>HTTP/2 spoken outright.</summary>
    public const string Http2 = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + Hidden;

    /// <summary>Two requests in one packet.</summary>
    public const string Pipelined = "POST" + Head + "Content-Length: 5\r\n\r\nabcdeGET /second HTTP/1.1\r\nHost: {host}\r\nAuthorization: token {token}\r\n\r\n";
}
