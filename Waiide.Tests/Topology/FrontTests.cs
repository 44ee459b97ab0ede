using System.Diagnostics;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>`dotnet run` with --Waiide:Front: nginx with TLS before the gateway.</summary>
public sealed class FrontTests(FrontRun front) : IClassFixture<FrontRun>
{
    [SkippableFact]
    public async Task Curl_and_dotnet_speak_HTTP_2_and_are_told_once_to_stay_with_https()
    {
        await front.BootAsync();
        var curl = await Curl("--http2", "-D", "-", "-o", "/dev/null", front.Site + "health");
        Assert.StartsWith("HTTP/2 200", curl, StringComparison.Ordinal);
        Assert.Single(curl.Split('\n'), line => line.StartsWith("strict-transport-security:", StringComparison.Ordinal));

        using var http = front.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/login") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await http.SendAsync(request);

        Assert.Equal(HttpVersion.Version20, answer.Version);
        Assert.Equal("max-age=31536000", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
    }

    [SkippableFact]
    public async Task Plain_http_is_led_to_https_on_the_same_port_and_told_nothing_about_staying()
    {
        await front.BootAsync();
        using var http = front.Client();

        using var answer = await http.GetAsync(new UriBuilder(front.Site) { Scheme = "http", Path = "/some/where", Query = "a=%2F" }.Uri);

        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
        Assert.Equal(new Uri(front.Site, "/some/where?a=%2F"), answer.Headers.Location);
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
    }

    [SkippableFact]
    public async Task The_link_of_the_console_signs_in_with_cookies_that_keep_to_https_and_stays_at_the_front()
    {
        await front.BootAsync();
        using var http = front.Client();

        Assert.StartsWith(front.Site.AbsoluteUri + "login?token=", front.Run.Link, StringComparison.Ordinal);
        using var login = await http.GetAsync(front.Run.Link);
        Assert.Equal(HttpStatusCode.Redirect, login.StatusCode);
        Assert.All(login.Headers.GetValues("Set-Cookie"), cookie => Assert.EndsWith("; Secure", cookie, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(front.Site, new Uri(front.Site, login.Headers.Location!));

        // A stranger is led to the login and back, and the IDE leads to its folder: none of it away from here.
        using var stranger = await http.SendAsync(Navigation("/some/page?x=1"));
        Assert.StartsWith("/login", stranger.Headers.Location!.OriginalString, StringComparison.Ordinal);
        using var person = await front.PersonAsync();
        using var page = await person.Http.GetAsync("/");
        Assert.Equal(front.Site.Authority, page.RequestMessage!.RequestUri!.Authority);
        Assert.Equal("https", page.RequestMessage.RequestUri.Scheme);
    }

    [SkippableFact]
    public async Task A_WebSocket_echoes_over_TLS()
    {
        await front.BootAsync();
        await using var server = await UserServer.StartAsync();
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", front.Site.GetLeftPart(UriPartial.Authority));
        socket.Options.SetRequestHeader("Authorization", "token " + FrontRun.Token);

        using var http = new HttpMessageInvoker(front.Handler());
        await socket.ConnectAsync(new Uri($"wss://{front.Site.Authority}/proxy/{server.Port}/echo"), http, default);

        Assert.Equal("over TLS", await socket.Echo("over TLS"));
    }

    [SkippableFact]
    public async Task A_hundred_megabytes_go_up_and_down_whole()
    {
        const long Size = 100L << 20;
        await front.BootAsync();
        await using var server = await UserServer.StartAsync();
        using var person = await front.PersonAsync();

        Assert.Equal(await person.Upload($"/proxy/{server.Port}/up", Size), server.HashOfUpload);
        Assert.Equal(Blocks.Hash(Size), await person.Download($"/proxy/{server.Port}/down?{Size}"));
        
        // Nothing of it went to disk on the way.
        Assert.Equal(["nginx.conf", "nginx.pid"], Directory.EnumerateFiles(Path.Combine(front.Run.DataDirectory, "front"), "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
    }

    [SkippableFact]
    public async Task What_is_said_arrives_at_once_both_ways_and_not_when_all_is_said()
    {
        await front.BootAsync();
        await using var server = await UserServer.StartAsync();
        using var http = front.Client();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var speech = new Speech();
        var hearing = http.SendAsync(WithToken(HttpMethod.Post, $"/proxy/{server.Port}/hear", speech), patience.Token);

        // The second one pushes the first through the buffers of HTTP clients on the way, which hold a few kilobytes back.
        await speech.Say("first");
        await speech.Say(new string('a', 1 << 20));
        Assert.Equal("first", await server.Heard.Reader.ReadAsync(patience.Token));
        speech.End();
        Assert.Equal(HttpStatusCode.OK, (await hearing).StatusCode);

        using var saying = WithToken(HttpMethod.Get, $"/proxy/{server.Port}/say");
        await server.ToSay.Writer.WriteAsync("one", patience.Token);
        using var said = await http.SendAsync(saying, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        using var reader = new StreamReader(await said.Content.ReadAsStreamAsync(patience.Token));
        Assert.Equal("one", await reader.ReadLineAsync(patience.Token));
        await server.ToSay.Writer.WriteAsync("two", patience.Token);
        Assert.Equal("two", await reader.ReadLineAsync(patience.Token));
        server.ToSay.Writer.Complete();
    }

    [SkippableFact]
    public async Task What_a_client_says_of_itself_counts_nowhere()
    {
        const string Forged = "0af7651916cd43dd8448eb211c80319c";
        await front.BootAsync();
        await using var server = await UserServer.StartAsync();
        using var http = front.Client();
        using var request = WithToken(HttpMethod.Get, $"/proxy/{server.Port}/headers");
        foreach (var name in (string[])["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Server", "X-Real-IP", "Forwarded", "X_Forwarded_For"])
        {
            request.Headers.TryAddWithoutValidation(name, "forged.example");
        }

        request.Headers.Add("X-Forwarded-Proto", "http");
        request.Headers.TryAddWithoutValidation("traceparent", $"00-{Forged}-b7ad6b7169203331-01");
        request.Headers.TryAddWithoutValidation("tracestate", "forged.example");
        request.Headers.TryAddWithoutValidation("baggage", "forged.example");
        using var answer = await http.SendAsync(request);
        var seen = new Dictionary<string, string>(
            JsonSerializer.Deserialize<Dictionary<string, string>>(await answer.Content.ReadAsStringAsync())!, StringComparer.OrdinalIgnoreCase);

        Assert.DoesNotContain("forged.example", seen.Values);
        Assert.DoesNotContain(Forged, seen.GetValueOrDefault("traceparent", ""), StringComparison.Ordinal);
        Assert.Equal(front.Site.Authority, seen["X-Forwarded-Host"]);
        Assert.StartsWith("https", seen["X-Forwarded-Proto"], StringComparison.Ordinal);
        Assert.StartsWith("127.0.0.1", seen["X-Forwarded-For"], StringComparison.Ordinal);
        Assert.Equal("max-age=31536000", Assert.Single(answer.Headers.GetValues("Strict-Transport-Security")));
    }

    [SkippableFact]
    public async Task The_key_is_readable_for_its_owner_only_and_the_token_stands_in_no_log()
    {
        await front.BootAsync();
        await Curl("-o", "/dev/null", front.Run.Link);

        var configuration = await File.ReadAllTextAsync(Path.Combine(front.Run.DataDirectory, "front", "nginx.conf"));
        var key = configuration.Split("ssl_certificate_key \"")[1].Split('"')[0];
        foreach (var file in (string[])[key, Path.Combine(front.Run.DataDirectory, "certificates", "localhost.key")])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        Assert.DoesNotContain(
            Directory.EnumerateFiles(Path.Combine(front.Run.DataDirectory, "front"), "*", SearchOption.AllDirectories),
            file => File.ReadAllText(file).Contains(FrontRun.Token, StringComparison.Ordinal));
    }

    /// <summary>A body that is sent line by line, as it is spoken.</summary>
    private sealed class Speech : HttpContent
    {
        private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

        public ValueTask Say(string line) => _lines.Writer.WriteAsync(line);

        public void End() => _lines.Writer.Complete();

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await foreach (var line in _lines.Reader.ReadAllAsync())
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    private async Task<string> Curl(params string[] arguments)
    {
        using var curl = Process.Start(new ProcessStartInfo("curl", ["-s", "--max-time", "20", "--cacert", front.AuthorityFile, .. arguments]) { RedirectStandardOutput = true })!;
        var output = await curl.StandardOutput.ReadToEndAsync();
        await curl.WaitForExitAsync();
        Assert.Equal(0, curl.ExitCode);
        return output;
    }

    private static HttpRequestMessage Navigation(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Sec-Fetch-Mode", "navigate");
        request.Headers.Add("Sec-Fetch-Dest", "document");
        return request;
    }

    private static HttpRequestMessage WithToken(HttpMethod method, string path, HttpContent? content = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("Authorization", "token " + FrontRun.Token);
        return request;
    }
}
