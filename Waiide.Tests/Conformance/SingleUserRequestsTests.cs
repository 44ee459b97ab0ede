using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Waiide.Tests.Support;

namespace Waiide.Tests.Conformance;

/// <summary>What stock single-user servers of 3.0.0 and 6.0.0b2 send to their hub, byte for byte on connections of their own, and what theirs answered: version check, activity, code, user.</summary>
public sealed class SingleUserRequestsTests
{
    [SkippableTheory]
    [InlineData("3.0", "v3.0.0-*.http", "da3a653149cb4b9ba8f383cceff60fda", "xNUrSTyynvHRQ22QZlbASJ6X1CFrhU", null)]
    [InlineData("6.0", "v6.0.0b2-*.http", "c6c5739a6ab24461b42d5474caf03979", "vkGXrBSmi29yFrL7VRg6Fi9KwrtVRd", "3jSJvJOQdl_DmzQ-iNLY_b2jGDZfD835MMdZDSAx1F0")]
    public async Task A_stock_server_hears_from_our_hub_what_it_heard_from_its_own(string profile, string files, string serverToken, string code, string? verifier)
    {
        Prerequisites.Need("node");
        await using var hub = await LabHub.OursAsync(profile, Patience.Long);
        var lab = new Lab(hub, profile);
        await lab.UsersAsync("gina");
        await lab.ServerAsync("gina", "", "{}", serverToken);
        var challenge = verifier is null ? "" : $"&code_challenge={Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))}&code_challenge_method=S256";
        lab.Words.Learn(code, await lab.CodeAsync("gina", challenge));

        var different = new List<string>();
        foreach (var file in Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Hub", "Recorded", "single-user"), files).Order(StringComparer.Ordinal))
        {
            // >>> REQUEST, <<< RESPONSE: all requests of one connection, then all answers.
            var halves = Encoding.UTF8.GetString(await File.ReadAllBytesAsync(file)).Split(">>> REQUEST\n")[1].Split("\n<<< RESPONSE\n");
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, hub.Api.Port);
            foreach (var (sent, recorded) in Messages(halves[0]).Zip(Messages(halves[1])))
            {
                var answer = Wire.Read(Encoding.UTF8.GetBytes(recorded));
                var (head, body) = (sent.Split("\r\n\r\n")[0].Split("\r\n"), sent.Split("\r\n\r\n", 2)[1]);
                var line = head[0].Split(' ');
                var request = new Request(line[0], line[1], [.. head.Skip(1).Select(header => header.Split(": ", 2)).Select(pair => new Header(pair[0], pair[1]))], body);
                var bytes = Wire.Bytes(lab.Words.Translate(request, DateTimeOffset.UtcNow - Comparison.Date(answer)!.Value));
                await client.GetStream().WriteAsync(bytes);
                var given = await ReadAsync(client.GetStream());
                different.AddRange(Comparison.Between("", answer, given, lab.Words).Select(difference => $"{Path.GetFileName(file)} {head[0]}: {difference}"));
            }
        }

        // 6.0.0b2 forgot its reason: {"status": 403, "message": null}. Ours says Forbidden, as every other version does.
        different.Remove("v6.0.0b2-002.http GET /hub/api/user HTTP/1.1: Difference { Field = message, Recorded = null, Given = \"Forbidden\" }");
        Assert.True(different.Count == 0, string.Join('\n', different));
    }

    // One after the other; each says how long it is.
    private static IEnumerable<string> Messages(string text)
    {
        while (text.Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4 is var head && Length(text[..head]) is { } length ? Math.Min(head + length, text.Length) : head;
            yield return text[..end];
            text = text[end..];
        }
    }

    private static int? Length(string head) =>
        head.Split("\r\n").FirstOrDefault(header => header.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase)) is { } header ? int.Parse(header.AsSpan("Content-Length: ".Length), CultureInfo.InvariantCulture) : null;

    private static async Task<Answer> ReadAsync(NetworkStream stream)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20)); // An answer that never comes fails the test.
        var bytes = new List<byte>();
        var buffer = new byte[4096];
        while (Encoding.UTF8.GetString([.. bytes]) is var text && (text.IndexOf("\r\n\r\n", StringComparison.Ordinal) is not (>= 0 and var end) || bytes.Count < end + 4 + (Length(text[..(end + 2)]) ?? 0)))
        {
            var read = await stream.ReadAsync(buffer, limit.Token);
            if (read == 0)
            {
                break;
            }

            bytes.AddRange(buffer.AsSpan(0, read));
        }

        return Wire.Read([.. bytes]);
    }
}
