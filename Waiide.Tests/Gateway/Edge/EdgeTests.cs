using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Edge;

public class EdgeTests
{
    [Fact]
    public async Task The_required_headers_are_on_every_answer_once()
    {
        await using var gateway = await RunningGateway.StandaloneAsync(("WAIIDE_TRUSTED_PROXIES", "127.0.0.1"));
        using var browser = gateway.Browser();
        using var login = await browser.OpenAsync("/login?token=" + RunningGateway.Token);
        foreach (var target in new[] { "/", "/health", "/api/none", "/login", "/logout" })
        {
            using var answer = await browser.OpenAsync(target);
            Assert.Equal("SAMEORIGIN", Assert.Single(answer.Headers.GetValues("X-Frame-Options")));
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.Equal("1; mode=block", Assert.Single(answer.Headers.GetValues("X-XSS-Protection")));
            Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
            Assert.True(target == "/" || !answer.Headers.Contains("Server"), "The gateway does not say what it is made of; the IDE may.");
        }

        using var secure = await browser.SendAsync(HttpMethod.Get, "/login?token=" + RunningGateway.Token, null, ("X-Forwarded-Proto", "https,http"));
        Assert.Equal("max-age=31536000", Assert.Single(secure.Headers.GetValues("Strict-Transport-Security")));
        Assert.All(secure.Headers.GetValues("Set-Cookie"), cookie => Assert.EndsWith("; Secure", cookie, StringComparison.Ordinal));
        var (_, status) = await browser.ConnectAsync("/x", ("Origin", $"http://{gateway.Authority}"), ("X-Forwarded-Proto", "https,http"));
        Assert.Equal(HttpStatusCode.Forbidden, status);
    }

    [Fact]
    public async Task Nobody_is_believed_about_https_unless_named()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        using var browser = gateway.Browser();
        using var answer = await browser.SendAsync(HttpMethod.Get, "/login?token=" + RunningGateway.Token, null, ("X-Forwarded-Proto", "https"));
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
        Assert.All(answer.Headers.GetValues("Set-Cookie"), cookie => Assert.DoesNotContain("Secure", cookie, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_public_URL_of_the_hub_says_the_scheme_and_where_to_open_the_server()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("JUPYTERHUB_PUBLIC_URL", "https://hub.example.org/user/ada/"));
        await gateway.Process.WaitForOutput("Open https://hub.example.org/user/ada/ at the hub.");
        using var browser = gateway.Browser("ada");
        using var start = await browser.OpenAsync("/user/ada/");
        Assert.EndsWith("; Secure", Assert.Single(start.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        Assert.True(start.Headers.Contains("Strict-Transport-Security"));

        using var page = await browser.OpenAsync("/lab<script>?x=<b>");
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("href=\"https://hub.example.org/user/ada/\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        using var program = await browser.FetchAsync("/user/bob/api");
        Assert.Equal("application/json", program.Content.Headers.ContentType!.MediaType);
        Assert.Equal(HttpStatusCode.NotFound, program.StatusCode);
    }

    [Fact]
    public async Task Only_the_health_checks_answer_outside_the_prefix()
    {
        await using var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync());
        using var browser = gateway.Browser();
        var token = ("Authorization", "token " + gateway.Hub!.TokenOf("ada"));
        foreach (var target in new[] { "/", "/api", "/api/status", "/user/", "/user/adam/", "/user/ada%2F", "/User/ada/", "/user/ada2/api", "/logout", "/oauth_callback", "/proxy/3000/" })
        {
            using var answer = await browser.SendAsync(HttpMethod.Get, target, null, token);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        using var slash = await browser.SendAsync(HttpMethod.Get, "/user/ada?folder=/x", null, token);
        Assert.Equal("/user/ada/?folder=/x", slash.Headers.Location!.OriginalString);
        Assert.Empty(gateway.Ide.Forwarded);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task The_gateway_stops_within_five_seconds_with_WebSockets_open(string signal)
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        using var browser = gateway.Browser();
        var token = ("Authorization", "token " + RunningGateway.Token);
        var sockets = new List<System.Net.WebSockets.ClientWebSocket>();
        for (var i = 0; i < 3; i++)
        {
            var (socket, _) = await browser.ConnectAsync("/ws", token);
            sockets.Add(socket!);
        }

        gateway.Process.Signal(signal);

        Assert.Equal(0, await gateway.Process.WaitForExit(TimeSpan.FromSeconds(5)));
        sockets.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task An_inherited_ignore_does_not_make_the_gateway_deaf_to_SIGINT()
    {
        using var data = new TempDirectory();
        var start = new System.Diagnostics.ProcessStartInfo("sh", ["-c", "trap '' INT; exec \"$@\"", "sh", .. ChildProcess.Program("Waiide.Gateway.dll")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["PORT"] = Ports.Free().ToString(System.Globalization.CultureInfo.InvariantCulture), ["WAIIDE_DATA_DIR"] = data.Path, ["WAIIDE_IDE_URL"] = "http://127.0.0.1:9/" },
        };
        await using var gateway = ChildProcess.Start(start);
        await gateway.WaitForOutput(" listens on ");
        gateway.Signal("INT");
        Assert.Equal(0, await gateway.WaitForExit(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task The_log_tells_of_the_proxy_at_the_start()
    {
        await using var gateway = await RunningGateway.StandaloneAsync();
        Assert.Contains("proxy", gateway.Process.Output, StringComparison.Ordinal);
    }
}
