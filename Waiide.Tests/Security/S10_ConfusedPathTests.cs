using System.Net;
using Waiide.Tests.Support;

namespace Waiide.Tests.Security;

/// <summary>S10: what answers without a credential is a short list of endpoints, and nothing in a request's text makes it longer.</summary>
[Collection(nameof(Gateways))]
public class S10_ConfusedPathTests(Gateways gateways)
{
    // By which the guards of others were talked round.
    private static readonly string[] Pretexts =
    [
        "", "User-Agent: GoogleHC/1.0\r\n", "User-Agent: kube-probe/1.29\r\n", "User-Agent: ELB-HealthChecker/2.0\r\n", "X-Forwarded-Uri: /health\r\n", "X-Forwarded-Prefix: /health\r\n", "X-Original-URL: /health\r\n",
        "X-Original-URI: /health\r\n", "X-Rewrite-Url: /health\r\n", "X-Envoy-Original-Path: /health\r\n", "X-Forwarded-For: 127.0.0.1\r\n", "X-HTTP-Method-Override: OPTIONS\r\n", "Access-Control-Request-Method: GET\r\nOrigin: http://x\r\n",
    ];

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/user/ada/health")]
    [InlineData("/user/ada/alive")]
    [InlineData("/user/ada/api")]
    [InlineData("/user/ada/api/")]
    [InlineData("/user/ada/api/status")]
    public async Task These_answer_anybody_on_GET_and_HEAD(string target)
    {
        using var browser = gateways.Ada.Browser();
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
        {
            using var answer = await browser.SendAsync(method, target);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("/user/ada/x?/health")]
    [InlineData("/user/ada/health/../x")]
    [InlineData("/user/ada/health%2f..%2fx")]
    [InlineData("/user/ada//health")]
    [InlineData("/user/ada/health;x")]
    [InlineData("/user/ada/x#/health")]
    [InlineData("/user/ada/x%3f/health")]
    [InlineData("/user/ada/api/../x")]
    [InlineData("/user/ada/api/health")]
    [InlineData("/user/ada/api/restart")]
    [InlineData("/user/ada/api/statusx")]
    [InlineData("/user/ada/x/health")]
    [InlineData("/user/ada/healthz")]
    [InlineData("/user/ada/static/x.js")]
    [InlineData("/user/ada/proxy/8071/health")]
    [InlineData("/user/ada/login")]
    [InlineData("/user/ada/_static/../health/x")]
    [InlineData("/user/ada/x/..%2fhealth")]
    [InlineData("/user/ada/.;/health")]
    [InlineData("/user/ada/health%3b")]
    [InlineData("/user/ada/health%00")]
    [InlineData("/user/ada/health%20")]
    [InlineData("/user/ada/health.json")]
    [InlineData("/user/ada/oauth_callback/x")]
    [InlineData("/user/ada/logout/x")]
    [InlineData("/user/ada/x?a=/user/ada/api/status")]
    public async Task Nothing_else_does_however_it_is_spelled(string target)
    {
        var before = gateways.Ada.Ide.Forwarded.Count();
        foreach (var method in new[] { "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH" })
        {
            foreach (var extra in Pretexts)
            {
                var status = await RawHttp.StatusAsync(
                    gateways.Ada.Port,
                    $"{method} {target} HTTP/1.1\r\nHost: {gateways.Ada.Authority}\r\nAccept: application/json\r\nContent-Length: 0\r\n{extra}\r\n");
                Assert.True(status is 401 || (target.AsSpan().ContainsAny("#%") && status == 400), $"{method} {target} {extra}: {status}");
            }
        }

        Assert.Equal(before, gateways.Ada.Ide.Forwarded.Count());
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("PUT")]
    public async Task Another_method_is_not_anonymous_because_GET_is(string method)
    {
        using var browser = gateways.Ada.Browser();
        foreach (var target in new[] { "/user/ada/health", "/user/ada/api", "/user/ada/api/status", "/user/ada/logout", "/user/ada/oauth_callback" })
        {
            using var answer = await browser.SendAsync(new HttpMethod(method), target);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_program_is_told_in_JSON_and_a_script_is_not_redirected()
    {
        using var browser = gateways.Ada.Browser();
        using var answer = await browser.FetchAsync("/user/ada/x");
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Empty(browser.Cookies);
    }

    [Theory]
    [InlineData("Authorization", "token wrong")]
    [InlineData("Authorization", "Bearer")]
    [InlineData("Authorization", "Basic YWRhOmFkYQ==")]
    [InlineData("Cookie", "jupyterhub-user-ada=abc")]
    [InlineData("Cookie", "jupyterhub-user-ada=")]
    [InlineData("X-JupyterHub-User", "ada")]
    [InlineData("X-Forwarded-User", "ada")]
    public async Task What_is_not_a_credential_does_not_become_one(string name, string value)
    {
        using var browser = gateways.Ada.Browser();
        using var answer = await browser.SendAsync(HttpMethod.Get, "/user/ada/x", null, ("Accept", "application/json"), (name, value));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task A_token_in_the_URL_is_no_credential_under_a_hub()
    {
        using var browser = gateways.Ada.Browser();
        using var answer = await browser.FetchAsync("/user/ada/x?token=" + gateways.Hub.TokenOf("ada"));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }
}
