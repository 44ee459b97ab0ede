using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Proxy;

/// <summary>Under a hub, with an attached IDE: who is told what, and which Authorization goes where. What the stub sees below /proxy/3000/ is what the IDE server would pass on.</summary>
public sealed class AttachedPortTests : IAsyncLifetime
{
    private RunningGateway _gateway = null!;
    private Support.Browser _browser = null!;

    public async Task InitializeAsync()
    {
        _gateway = await RunningGateway.StartAsync(await StubHub.StartAsync("adé", "s 1", "/user/ad%C3%A9/s%201/"));
        _browser = _gateway.Browser("adé");
        (await _browser.FollowAsync("/user/ad%C3%A9/s%201/x")).Answer.Dispose();
        Assert.NotEmpty(_browser.CookiesFor("/user/ad%C3%A9/s%201/"));
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _gateway.DisposeAsync();
    }

    [Theory]
    [InlineData("X-JupyterHub-User", "root")]
    [InlineData("x-jupyterhub-user", "root")]
    [InlineData("X_JupyterHub_User", "root")]
    [InlineData("X-JupyterHub_User", "root")]
    [InlineData("X-JUPYTERHUB-SERVER", "root")]
    [InlineData("X_JUPYTERHUB_SERVER", "root")]
    [InlineData("Connection", "X-JupyterHub-User, X-JupyterHub-Server")]
    public async Task S11_the_IDE_is_told_who_asks_by_us_alone(string name, string value)
    {
        var seen = await Seen("x", (name, value));
        Assert.Equal("ad%C3%A9", seen.Headers["X-JupyterHub-User"]);
        Assert.Equal("s%201", seen.Headers["X-JupyterHub-Server"]);
        Assert.DoesNotContain(seen.Headers.Values, line => line.Contains("root", StringComparison.Ordinal));
        Assert.Equal(2, seen.Headers.Keys.Count(key => key.Contains("jupyterhub", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task S11_also_for_a_WebSocket_and_no_dev_server_is_told()
    {
        var headers = new[] { ("Origin", $"http://{_gateway.Authority}"), ("X_JupyterHub_User", "root"), ("x-jupyterhub-server", "root") };
        foreach (var target in new[] { "ws", "proxy/3000/ws" })
        {
            var (socket, status) = await _browser.ConnectAsync("/user/ad%C3%A9/s%201/" + target, headers);
            Assert.Equal(HttpStatusCode.SwitchingProtocols, status);
            await socket!.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
            socket.Dispose();
        }

        var ide = _gateway.Ide.Forwarded.Last(request => request.Target == "/ws").Headers;
        Assert.Equal(("ad%C3%A9", "s%201"), (ide["X-JupyterHub-User"], ide["X-JupyterHub-Server"]));
        var port = _gateway.Ide.Forwarded.Last(request => request.Target == "/proxy/3000/ws").Headers;
        Assert.DoesNotContain(port.Keys, key => key.Contains("jupyterhub", StringComparison.OrdinalIgnoreCase));

        // The IDE server holds the two against each other; the dev server holds its Host against the Origin.
        Assert.Equal("http://localhost:3000", port["Origin"]);
        Assert.Equal("localhost:3000", port["X-Forwarded-Host"]);
        Assert.Equal("localhost:3000", port["Host"]);
    }

    [Theory]
    [InlineData("Bearer eyJhbGciOiJIUzI1NiJ9.e30.x")]
    [InlineData("token 0123456789abcdef0123456789abcdef01234567")]
    [InlineData("Basic dTpw")]
    public async Task A_dev_servers_own_credentials_reach_it_when_a_cookie_has_opened_the_door(string authorization)
    {
        Assert.Equal(authorization, (await Seen("proxy/3000/api", ("Authorization", authorization))).Headers["Authorization"]);
        Assert.Equal(authorization.StartsWith("Basic", StringComparison.Ordinal), (await Seen("x", ("Authorization", authorization))).Headers.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task A_long_token_is_none_of_the_hubs()
    {
        var calls = _gateway.Hub!.UserCalls;
        var token = "Bearer " + new string('x', 3000);
        Assert.Equal(token, (await Seen("proxy/3000/api", ("Authorization", token))).Headers["Authorization"]);
        Assert.InRange(_gateway.Hub.UserCalls - calls, 0, 1);
    }

    [Fact]
    public async Task S6_a_hubs_token_reaches_no_dev_server_whatever_opened_the_door()
    {
        var token = _gateway.Hub!.TokenOf("adé");
        foreach (var authorization in new[] { "token " + token, "Bearer " + token, "bearer  " + token, "token\t" + token, $"token {token} x", "token" })
        {
            foreach (var target in new[] { "x", "proxy/3000/x", "absproxy/3000/x" })
            {
                Assert.DoesNotContain("Authorization", (await Seen(target, ("Authorization", authorization))).Headers.Keys);
            }
        }

        _browser.Cookies.Clear();
        Assert.DoesNotContain("Authorization", (await Seen("proxy/3000/x", ("Authorization", "token " + token))).Headers.Keys);
    }

    // Where a request has one, the IDE server leaves its session on it.
    [Fact]
    public async Task S6_an_Expect_does_not_reach_the_IDE_servers_port_proxy()
    {
        var port = await Seen("proxy/3000/x", ("Expect", "100-continue"));
        Assert.DoesNotContain("Expect", port.Headers.Keys);
        Assert.Equal("100-continue", (await Seen("x", ("Expect", "100-continue"))).Headers["Expect"]);
    }

    [Fact]
    public async Task The_IDE_servers_own_additions_are_taken_back_and_what_is_not_there_is_said_in_our_words()
    {
        _gateway.Ide.When("/proxy/3000/old", context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "/proxy/3000/new?a=%2F"; // The dev server said "/new?a=%2F".
            return Task.CompletedTask;
        });
        using var redirect = await _browser.FetchAsync("/user/ad%C3%A9/s%201/proxy/3000/old");
        Assert.Equal("/user/ad%C3%A9/s%201/proxy/3000/new?a=%2F", redirect.Headers.Location!.OriginalString);

        _gateway.Ide.When("/proxy/3001/", context =>
        {
            context.Response.StatusCode = 500;
            return context.Response.WriteAsync("connect ECONNREFUSED 0.0.0.0:3001");
        });
        using var nothing = await _browser.FetchAsync("/user/ad%C3%A9/s%201/proxy/3001/");
        Assert.Equal(HttpStatusCode.BadGateway, nothing.StatusCode);
        Assert.Contains("Nothing listens on port 3001", await nothing.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        _gateway.Ide.When("/proxy/3002/", context =>
        {
            context.Response.StatusCode = 500;
            return context.Response.WriteAsync("the dev server's own failure");
        });
        using var failure = await _browser.FetchAsync("/user/ad%C3%A9/s%201/proxy/3002/");
        Assert.Equal((HttpStatusCode.InternalServerError, "the dev server's own failure"), (failure.StatusCode, await failure.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_failure_of_the_dev_servers_own_is_passed_on_before_it_ends()
    {
        var end = new TaskCompletionSource();
        _gateway.Ide.When("/proxy/3002/", async context =>
        {
            context.Response.StatusCode = 500;
            await context.Response.WriteAsync("connect ETIMEDOUT, says the dev server");
            await context.Response.Body.FlushAsync();
            await end.Task;
            await context.Response.WriteAsync(", at length");
        });

        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{_gateway.Authority}/user/ad%C3%A9/s%201/proxy/3002/"));
        request.Headers.Add("Cookie", _browser.CookiesFor("/user/ad%C3%A9/s%201/"));
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, UseProxy = false });
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(TimeSpan.FromSeconds(20));
        end.SetResult();

        Assert.Equal((HttpStatusCode.InternalServerError, "connect ETIMEDOUT, says the dev server, at length"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task The_workbench_is_in_no_frame_also_at_its_well_known_port()
    {
        foreach (var target in new[] { "/", "/?folder=/x" })
        {
            _gateway.Ide.When("/", context =>
            {
                context.Response.ContentType = "text/html";
                return context.Response.WriteAsync("<html>");
            });
            using var answer = await _browser.OpenAsync("/user/ad%C3%A9/s%201/proxy/8071" + target);
            Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy"));
        }
    }

    private async Task<StubIde.Recorded> Seen(string target, params (string Name, string Value)[] headers)
    {
        var before = _gateway.Ide.Forwarded.Count();
        using var answer = await _browser.SendAsync(HttpMethod.Get, "/user/ad%C3%A9/s%201/" + target, null, headers);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return Assert.Single(_gateway.Ide.Forwarded.Skip(before));
    }
}
