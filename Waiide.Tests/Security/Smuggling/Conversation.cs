using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Waiide.Tests.Security.Smuggling;

/// <summary>One client connection: bytes go out as they are, answers are read one by one.</summary>
internal sealed class Conversation : IDisposable
{
    // An answer takes milliseconds; this is for a machine that is busy with other tests.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private string _unread = "";

    private Conversation(TcpClient client) => (_client, _stream) = (client, client.GetStream());

    internal sealed record Answer(int Status, string Head, string Body);

    public static async Task<Conversation> WithAsync(int port)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        return new Conversation(client);
    }

    /// <summary>False when the other side has closed the connection already.</summary>
    public async Task<bool> SayAsync(string bytes)
    {
        try
        {
            await _stream.WriteAsync(Encoding.Latin1.GetBytes(bytes));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>The next final answer, or null when the connection ends instead.</summary>
    public async Task<Answer?> ListenAsync()
    {
        while (true)
        {
            var end = await FindAsync("\r\n\r\n");
            if (end < 0)
            {
                return null;
            }

            var head = _unread[..end];
            _unread = _unread[(end + 4)..];
            var status = int.Parse(head.Split(' ')[1], CultureInfo.InvariantCulture);
            if (status != 100)
            {
                return new Answer(status, head, await BodyAsync(head));
            }
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<string> BodyAsync(string head)
    {
        if (Field(head, "Transfer-Encoding") is not null)
        {
            for (var body = "";;)
            {
                var end = await FindAsync("\r\n");
                var size = int.Parse(_unread[..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
                await ReadAsync(end + 2 + size + 2);
                body += _unread.Substring(end + 2, size);
                _unread = _unread[(end + 2 + size + 2)..];
                if (size == 0)
                {
                    return body;
                }
            }
        }

        var length = int.Parse(Field(head, "Content-Length") ?? "0", CultureInfo.InvariantCulture);
        await ReadAsync(length);
        var all = _unread[..length];
        _unread = _unread[length..];
        return all;
    }

    private async Task<int> FindAsync(string text)
    {
        while (true)
        {
            var at = _unread.IndexOf(text, StringComparison.Ordinal);
            if (at >= 0 || !await MoreAsync())
            {
                return at;
            }
        }
    }

    private async Task ReadAsync(int length)
    {
        while (_unread.Length < length)
        {
            Assert.True(await MoreAsync(), $"The connection ended in the middle of an answer: {_unread}");
        }
    }

    private async Task<bool> MoreAsync()
    {
        var buffer = new byte[16 * 1024];
        try
        {
            var length = await _stream.ReadAsync(buffer).AsTask().WaitAsync(Limit);
            _unread += Encoding.Latin1.GetString(buffer, 0, length);
            return length > 0;
        }
        catch (IOException)
        {
            return false; // A reset is an end, too.
        }
    }

    private static string? Field(string head, string name) =>
        head.Split("\r\n").FirstOrDefault(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?.Split(':', 2)[1].Trim();
}
