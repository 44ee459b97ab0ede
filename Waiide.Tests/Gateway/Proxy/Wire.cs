using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Waiide.Tests.Gateway.Proxy;

/// <summary>HTTP as bytes on a socket, for what HttpClient would correct or refuse.</summary>
internal static class Wire
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>Sends the text as Latin-1 and returns everything until the other side closes.</summary>
    internal static async Task<string> Exchange(int port, string request, string from = "127.0.0.1")
    {
        using var client = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        await client.ConnectAsync("127.0.0.1", port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        return await ReadToEnd(stream);
    }

    internal static async Task<string> ReadToEnd(NetworkStream stream)
    {
        var answer = new MemoryStream();
        try
        {
            await stream.CopyToAsync(answer).WaitAsync(Limit);
        }
        catch (IOException)
        {
            // A reset is an end, too.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    /// <summary>Reads until <paramref name="text"/> has arrived.</summary>
    internal static async Task<string> ReadUntil(NetworkStream stream, string text)
    {
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        while (!answer.ToString().Contains(text, StringComparison.Ordinal))
        {
            var length = await stream.ReadAsync(buffer).AsTask().WaitAsync(Limit);
            Assert.True(length > 0, $"The connection ended before '{text}' arrived: {answer}");
            answer.Append(Encoding.Latin1.GetString(buffer, 0, length));
        }

        return answer.ToString();
    }
}
