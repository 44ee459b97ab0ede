using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>The REST API of our front proxy answers as that of the real configurable-http-proxy.</summary>
[Collection(TwoProxiesTests.Name)]
public sealed class ProxyApiTests(TwoProxies proxies)
{
    private const string Routes = "/api/routes";

    [SkippableTheory]
    [InlineData("GET", "/", null)]
    [InlineData("GET", "/api", null)]
    [InlineData("GET", "/api/routesx", null)]
    [InlineData("GET", "/api/x/../routes/nowhere", null)]
    [InlineData("GET", Routes + "/nowhere", null)]
    [InlineData("GET", Routes + "/user/dave", null)]
    [InlineData("GET", Routes + "/user/dave/", null)]
    [InlineData("GET", Routes + "/user%2Fdave", null)]
    [InlineData("GET", Routes + "/user/DAVE", null)]
    [InlineData("GET", Routes + "/user/we+ird@ex.org/s-é", null)]
    [InlineData("GET", Routes + "?inactive_since=2000-01-01", null)]
    [InlineData("GET", Routes + "?inactiveSince=2000-01-01T00:00:00Z", null)]
    [InlineData("GET", Routes + "?inactiveSince=nonsense", null)]
    [InlineData("GET", Routes + "?inactive_since=nonsense&inactiveSince=2000-01-01T00:00:00Z", null)]
    [InlineData("DELETE", Routes + "/nowhere", null)]
    [InlineData("PUT", Routes + "/user/dave", "{}")]
    [InlineData("PATCH", Routes, "{}")]
    [InlineData("OPTIONS", Routes, null)]
    [InlineData("HEAD", Routes, null)]
    [InlineData("POST", Routes + "/x", "null")]
    [InlineData("POST", Routes + "/x", "{}")]
    [InlineData("POST", Routes + "/x", "[]")]
    [InlineData("POST", Routes + "/x", "\"http://127.0.0.1:1\"")]
    [InlineData("POST", Routes + "/x", "{\"target\":7}")]
    [InlineData("POST", Routes + "/x", "{\"target\":[\"http://127.0.0.1:1\"]}")]
    public async Task One_request_has_one_answer(string method, string target, string? body)
    {
        Prerequisites.Need("node", "npm");
        var (ours, real) = await BothAsync(method, target, body);
        Assert.Equal(real, ours);
    }

    [SkippableTheory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("target=x")]
    public async Task A_body_that_is_not_JSON_is_said_to_be_none_before_anyone_asks_for_the_token(string body)
    {
        Prerequisites.Need("node", "npm");
        foreach (var port in (int[])[proxies.OurApiPort, proxies.Real.ApiPort])
        {
            var (status, text) = await RealProxy.CallAsync(port, "POST", Routes + "/x", body, authorization: null);
            Assert.Equal(400, status);
            Assert.StartsWith("Body not valid JSON: ", text, StringComparison.Ordinal);
        }
    }

    [SkippableTheory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("token")]
    [InlineData("token wrong")]
    [InlineData("token " + RealProxy.Token + "x")]
    [InlineData("Bearer " + RealProxy.Token)]
    [InlineData("TOKEN " + RealProxy.Token)]
    [InlineData("token  " + RealProxy.Token)]
    [InlineData("my token " + RealProxy.Token + " more")]
    public async Task The_token_is_asked_for_in_the_same_words(string? authorization)
    {
        Prerequisites.Need("node", "npm");
        foreach (var (method, body) in (IEnumerable<(string, string?)>)[("GET", null), ("DELETE", null), ("POST", "{}")])
        {
            var (ours, real) = await BothAsync(method, Routes + "/nowhere", body, authorization);
            Assert.Equal(real, ours);
        }
    }

    [SkippableFact]
    public async Task A_route_comes_and_goes_in_the_same_way()
    {
        Prerequisites.Need("node", "npm");
        var name = "/came-" + Guid.NewGuid().ToString("N");
        foreach (var (method, target, body) in (IEnumerable<(string, string, string?)>)
        [
            ("POST", Routes + name + "/a%20b%2Fc/", """{"target":"http://127.0.0.1:1","user":"x","server_name":"","jupyterhub":true,"last_activity":"never","more":{"a":[1,null]}}"""),
            ("GET", Routes + name + "/a b/c", null),
            ("GET", Routes + name, null),
            ("GET", Routes, null),
            ("POST", Routes + name + "/a%20b/c", """{"target":"http://127.0.0.1:2"}"""),
            ("GET", Routes + name + "/a%20b/c", null),
            ("POST", Routes + name, """{"target":"no address"}"""),
            ("GET", Routes + name, null),
            ("GET", Routes, null),
            ("DELETE", Routes + name + "/a%20b%2Fc/", null),
            ("DELETE", Routes + name + "/a%20b%2Fc/", null),
            ("GET", Routes + name + "/a%20b/c", null),
            ("DELETE", Routes + name, null),
            ("GET", Routes, null),
        ])
        {
            var (ours, real) = await BothAsync(method, target, body);
            Assert.Equal(real, ours);
        }
    }

    [SkippableFact]
    public async Task Only_what_was_idle_since_is_told_when_it_is_asked_for()
    {
        Prerequisites.Need("node", "npm");
        foreach (var since in (string[])["2999-01-01T00:00:00Z", "2999-01-01", "Tue, 01 Jan 2999 00:00:00 GMT"])
        {
            var (ours, real) = await BothAsync("GET", $"{Routes}?inactiveSince={Uri.EscapeDataString(since)}", null);
            Assert.Equal(real, ours);
            Assert.Contains("/user/dave", ours.Body, StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task A_path_that_cannot_be_decoded_is_refused_where_the_real_one_never_answers()
    {
        Prerequisites.Need("node", "npm");
        Assert.Equal(400, (await RealProxy.CallAsync(proxies.OurApiPort, "GET", Routes + "/%zz")).Status);
        Assert.Equal(404, (await RealProxy.CallAsync(proxies.OurApiPort, "DELETE", Routes)).Status);
    }

    private async Task<((int, string Body) Ours, (int, string Body) Real)> BothAsync(string method, string target, string? body, string? authorization = "token " + RealProxy.Token) =>
        (Read(await RealProxy.CallAsync(proxies.OurApiPort, method, target, body, authorization)), Read(await RealProxy.CallAsync(proxies.Real.ApiPort, method, target, body, authorization)));

    // Keys in one order; of moments their form; and without the hub's mark on its own default route, which our hub's has and the real proxy's has not.
    private static (int, string) Read((int Status, string Body) answer)
    {
        if (!answer.Body.StartsWith('{'))
        {
            return answer;
        }

        var routes = JsonNode.Parse(answer.Body)!.AsObject();
        foreach (var route in routes.ContainsKey("target") ? [routes] : routes.Select(entry => entry.Value!.AsObject()))
        {
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", route["last_activity"]!.GetValue<string>());
            route["last_activity"] = "a moment";
            route.Remove("hub");
        }

        return (answer.Status, Sorted(routes).ToJsonString());
    }

    private static JsonObject Sorted(JsonObject node) => new(node
        .OrderBy(entry => entry.Key, StringComparer.Ordinal)
        .Select(entry => KeyValuePair.Create(entry.Key, entry.Value is JsonObject inner ? Sorted(inner) : entry.Value?.DeepClone())));
}
