using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Waiide.Tests.Support;

/// <summary>Requests as they stand on the wire, for what no HTTP client would send.</summary>
internal static class RawHttp
{
    /// <summary>Sends <paramref name="request"/> to a loopback port and returns the head of the answer.</summary>
    public static async Task<string> SendAsync(int port, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20)); // An answer that never comes fails the test.
        while (!answer.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var length = await stream.ReadAsync(buffer, limit.Token);
            if (length == 0)
            {
                break;
            }

            answer.Append(Encoding.Latin1.GetString(buffer, 0, length));
        }

        return answer.ToString().Split("\r\n\r\n")[0];
    }

    /// <summary>The status of the answer.</summary>
    public static async Task<int> StatusAsync(int port, string request) =>
        int.Parse((await SendAsync(port, request)).Split(' ')[1], CultureInfo.InvariantCulture);
}
