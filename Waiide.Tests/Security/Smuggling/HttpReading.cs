using System.Globalization;

namespace Waiide.Tests.Security.Smuggling;

/// <summary>The requests that a server finds in the bytes of one connection, if it reads them in a certain dialect.</summary>
internal static class HttpReading
{
    /// <summary>How servers differ where a request is ambiguous; smuggling lives from two that read one connection differently.</summary>
    internal enum Dialect
    {
        /// <summary>RFC 9112: CRLF ends a line, the coding "chunked" goes before a length.</summary>
        Strict,

        /// <summary>A bare LF ends a line, too.</summary>
        BareLineFeed,

        /// <summary>Content-Length wins.</summary>
        LengthFirst,

        /// <summary>Whatever has "chunked" somewhere in it is chunked.</summary>
        LooseCoding,
    }

    internal sealed record Request(string Head, string Body)
    {
        public string Target => Head.Split(' ') is [_, var target, ..] ? target : "";

        public string Method => Head.Split(' ')[0];
    }

    /// <summary>The complete requests, from the start.</summary>
    internal static List<Request> Requests(string bytes, Dialect dialect)
    {
        if (dialect == Dialect.BareLineFeed)
        {
            bytes = bytes.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
        }

        var found = new List<Request>();
        for (var at = 0; bytes.IndexOf("\r\n\r\n", at, StringComparison.Ordinal) is >= 0 and var end;)
        {
            var head = bytes[at..end];
            at = end + 4;
            if (Body(bytes, head, dialect, ref at) is not { } body)
            {
                break;
            }

            found.Add(new Request(head, body));
        }

        return found;
    }

    private static string? Body(string bytes, string head, Dialect dialect, ref int at)
    {
        var coding = Field(head, "transfer-encoding");
        var length = Field(head, "content-length") is { } text ? int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        var isChunked = dialect switch
        {
            Dialect.LengthFirst => coding is not null && length == 0,
            Dialect.LooseCoding => head.Contains("chunked", StringComparison.OrdinalIgnoreCase),
            _ => coding is not null,
        };
        if (isChunked)
        {
            return Chunks(bytes, ref at);
        }

        if (at + length > bytes.Length)
        {
            return null;
        }

        at += length;
        return bytes.Substring(at - length, length);
    }

    private static string? Chunks(string bytes, ref int at)
    {
        for (var body = "";;)
        {
            var end = bytes.IndexOf("\r\n", at, StringComparison.Ordinal);
            if (end < 0)
            {
                return null;
            }

            var size = int.Parse(bytes[at..end].Split(';')[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                // The trailer fields, if any, and the empty line.
                var last = bytes.IndexOf("\r\n\r\n", end, StringComparison.Ordinal);
                at = last + 4;
                return last < 0 ? null : body;
            }

            if (end + 2 + size + 2 > bytes.Length)
            {
                return null;
            }

            body += bytes.Substring(end + 2, size);
            at = end + 2 + size + 2;
        }
    }

    private static string? Field(string head, string name) =>
        head.Split("\r\n").Skip(1).Select(line => line.Split(':', 2)).FirstOrDefault(field => field[0].Equals(name, StringComparison.OrdinalIgnoreCase)) is [_, var value] ? value.Trim() : null;
}
