using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Waiide.Tests.Gateway.Proxy;

public class ProxyBodyTests(ProxyFixture proxy) : IClassFixture<ProxyFixture>
{
    private const int Big = 64 * 1024 * 1024;

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n")]
    [InlineData("Content-Length: 5\r\nExpect: 100-continue\r\n\r\nhello")]
    public async Task A_body_arrives_however_it_is_framed(string rest)
    {
        var answer = await proxy.Raw($"POST {ProxyFixture.Prefix}echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{rest}");
        Assert.Contains("200 OK", answer, StringComparison.Ordinal);
        Assert.Contains("hello", answer.Split("POST /echo\n")[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bodies_of_any_size_stream_both_ways_in_little_memory()
    {
        proxy.Ide.When("/upload", async context =>
        {
            var hash = await SHA256.HashDataAsync(context.Request.Body);
            await context.Response.WriteAsync(Convert.ToHexString(hash));
        });
        proxy.Ide.When("/download", async context =>
        {
            using var pattern = new Pattern(Big);
            await pattern.CopyToAsync(context.Response.Body);
        });
        using var client = new HttpClient();
        using var expected = new Pattern(Big);
        var hash = Convert.ToHexString(await SHA256.HashDataAsync(expected));
        await client.GetStringAsync(new Uri(proxy.Gateway.Url, "x")); // What the first request loads is not the bodies' memory.
        var before = PeakMemory();

        using var body = new StreamContent(new Pattern(Big));
        using var uploaded = await client.PostAsync(new Uri(proxy.Gateway.Url, "upload"), body);
        Assert.Equal(hash, await uploaded.Content.ReadAsStringAsync());

        using var chunked = new HttpRequestMessage(HttpMethod.Put, new Uri(proxy.Gateway.Url, "upload")) { Content = new StreamContent(new Pattern(Big)) };
        chunked.Headers.TransferEncodingChunked = true;
        using var uploadedInChunks = await client.SendAsync(chunked);
        Assert.Equal(hash, await uploadedInChunks.Content.ReadAsStringAsync());

        using var download = await client.GetAsync(new Uri(proxy.Gateway.Url, "download"), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(hash, Convert.ToHexString(await SHA256.HashDataAsync(await download.Content.ReadAsStreamAsync())));

        Assert.InRange(PeakMemory() - before, 0, 48 * 1024);
    }

    [Fact]
    public async Task Each_event_of_a_stream_comes_at_once_and_the_end_is_passed_on()
    {
        var next = new SemaphoreSlim(0);
        var ended = new TaskCompletionSource();
        proxy.Ide.When("/events", async context =>
        {
            context.Response.ContentType = "text/event-stream";
            context.RequestAborted.Register(ended.SetResult);
            await context.Response.Body.FlushAsync();
            for (var number = 1; ; number++)
            {
                await next.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync($"data: {number}\n\n", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
            }
        });
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, proxy.Gateway.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET {ProxyFixture.Prefix}events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        Assert.Contains("text/event-stream", await Wire.ReadUntil(stream, "\r\n\r\n"), StringComparison.Ordinal); // Before there is any event.
        next.Release();
        await Wire.ReadUntil(stream, "data: 1\n\n");
        next.Release();
        await Wire.ReadUntil(stream, "data: 2\n\n");
        client.Close();
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_does_not_look_complete()
    {
        proxy.Ide.When("/broken", async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        using var client = new HttpClient();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.GetStringAsync(new Uri(proxy.Gateway.Url, "broken")));
    }

    [Fact]
    public async Task Compressed_answers_pass_untouched()
    {
        byte[] notReallyBrotli = [1, 2, 3, 0, 255];
        proxy.Ide.When("/compressed", async context =>
        {
            context.Response.Headers.ContentEncoding = "br";
            await context.Response.Body.WriteAsync(notReallyBrotli);
        });
        using var client = new HttpClient();
        using var answer = await client.GetAsync(new Uri(proxy.Gateway.Url, "compressed"));
        Assert.Equal(["br"], answer.Content.Headers.ContentEncoding);
        Assert.Equal(notReallyBrotli, await answer.Content.ReadAsByteArrayAsync());
    }

    [Theory]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello")]
    [InlineData("Content-Length: 5, 5\r\n\r\nhello")]
    [InlineData("Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2;x\ny\r\nhe\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n2;x\rGET\r\nhe\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n0x2\r\nhe\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n-2\r\nhe\r\n0\r\n\r\n")]
    [InlineData("X-Folded: a\r\n b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("X-Nul: a\0b\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("X Space: a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData(": a\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("X-Cr: a\rb\r\nContent-Length: 0\r\n\r\n")]
    public async Task What_two_servers_could_read_in_two_ways_makes_at_most_one_request(string rest)
    {
        var before = proxy.Ide.Forwarded.Count();
        var answer = await proxy.Raw($"POST {ProxyFixture.Prefix}echo HTTP/1.1\r\nHost: localhost\r\n{rest}GET {ProxyFixture.Prefix}smuggled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        // Refused; or, where RFC 9112, section 6.1, says how it is to be read, answered once and the connection closed.
        Assert.True(answer.StartsWith("HTTP/1.1 4", StringComparison.Ordinal) || answer.LastIndexOf("HTTP/1.1 ", StringComparison.Ordinal) == 0, answer);
        var seen = proxy.Ide.Forwarded.Skip(before).ToArray();
        Assert.True(seen.Length <= 1, string.Join(", ", seen.Select(request => request.Target)));
        Assert.DoesNotContain(seen, request => request.Target == "/smuggled");
    }

    [Fact]
    public async Task Requests_that_follow_each_other_on_a_connection_stay_apart()
    {
        var before = proxy.Ide.Forwarded.Count();
        await proxy.Raw($"POST {ProxyFixture.Prefix}echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhelloGET {ProxyFixture.Prefix}second HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.Equal(["/echo", "/second"], proxy.Ide.Forwarded.Skip(before).Select(request => request.Target));
    }

    private int PeakMemory()
    {
        // "VmHWM:	  112356 kB"
        var line = File.ReadLines($"/proc/{proxy.Gateway.Process.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return int.Parse(line["VmHWM:".Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    /// <summary>So many bytes that do not repeat soon.</summary>
    private sealed class Pattern(long length) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _position;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Min(buffer.Length, length - _position);
            for (var at = 0; at < count; at++)
            {
                var place = _position + at;
                buffer[at] = (byte)(place * 31 + (place >> 8) * 7 + (place >> 16));
            }

            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
