using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Waiide.Tests.Conformance;

/// <summary>Sends a request byte for byte as it was recorded and reads the whole answer; an HTTP client would tidy both.</summary>
internal static class Wire
{
    public static async Task<Answer> SendAsync(Uri to, Request request, TimeSpan limit)
    {
        using var client = new TcpClient();
        using var expiry = new CancellationTokenSource(limit);
        await client.ConnectAsync(IPAddress.Loopback, to.Port, expiry.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Bytes(request), expiry.Token);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, expiry.Token); // Every recorded request says Connection: close.
        return Read(bytes.ToArray());
    }

    internal static byte[] Bytes(Request request)
    {
        var body = Encoding.UTF8.GetBytes(request.Body);
        var head = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{request.Method} {request.Target} HTTP/1.1\r\n");
        foreach (var header in request.Headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{header.Name}: {(header.Is("Content-Length") ? body.Length.ToString(CultureInfo.InvariantCulture) : header.Value)}\r\n");
        }

        return [.. Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    internal static Answer Read(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            throw new IOException($"No answer, but {bytes.Length} bytes and the end of the connection.");
        }

        var lines = Encoding.UTF8.GetString(bytes, 0, end).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(':', 2)).Select(pair => new Header(pair[0], pair[1].Trim())).ToArray();
        var body = bytes.AsSpan(end + 4);
        var text = Encoding.UTF8.GetString(headers.Any(header => header.Is("Transfer-Encoding") && header.Value == "chunked") ? Unchunked(body) : body);
        var json = Json(headers.FirstOrDefault(header => header.Is("Content-Type"))?.Value, text);
        return new Answer(int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture), headers, json, json is null ? text : "");
    }

    private static JsonNode? Json(string? type, string text)
    {
        if (type?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) != true || text.Length == 0)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null; // Stays a text, which is a difference where JSON was recorded.
        }
    }

    private static byte[] Unchunked(ReadOnlySpan<byte> rest)
    {
        var body = new List<byte>();
        while (rest.IndexOf("\r\n"u8) is >= 0 and var line && int.TryParse(rest[..line], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var length) && length > 0)
        {
            body.AddRange(rest.Slice(line + 2, Math.Min(length, rest.Length - line - 2)));
            rest = rest[Math.Min(line + 2 + length + 2, rest.Length)..];
        }

        return [.. body];
    }
}
