using System.Globalization;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Waiide.Gateway;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Proxy;

/// <summary>The script of ours in VS Code's page, and in nothing else.</summary>
public sealed class WorkbenchDocumentTests : IAsyncLifetime
{
    private const string Head = "<!DOCTYPE html>\n<html>\r\n<head><title>é\u00A0</title>\t";
    private const string Rest = "</head><body data-x='</head>'>\n</body></html>\n";
    private const string Prefix = "/user/ada/a%20b/";

    private StubIde _ide = null!;
    private BareGateway _gateway = null!;

    public async Task InitializeAsync()
    {
        _ide = await StubIde.StartAsync();
        _gateway = await (await BareGateway.StartAsync(_ide, Prefix)).WhenUsable();
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _ide.DisposeAsync();
    }

    private static string Tag => $"<script async src=\"{Prefix}api/workbench.js?v={WorkbenchScript.Version}\"></script>";

    [Theory]
    [InlineData("", true, "document")]
    [InlineData("?folder=/work", false, "document")]
    [InlineData("proxy/8071/", true, "document")]
    [InlineData("", false, "iframe")]
    public async Task The_page_has_the_script_at_the_end_of_its_head_and_all_else_as_it_was(string target, bool chunked, string destination)
    {
        var document = Encoding.UTF8.GetBytes(Head + Rest);
        _ide.When("/", async context =>
        {
            context.Response.ContentType = "text/html";
            context.Response.Headers.ETag = "\"1\"";
            context.Response.Headers["X-Of-The-Ide"] = "kept";
            context.Response.ContentLength = chunked ? null : document.Length;
            await context.Response.Body.WriteAsync(document.AsMemory(0, 30));
            await context.Response.Body.FlushAsync();
            await context.Response.Body.WriteAsync(document.AsMemory(30));
        });

        using var answer = await Open(target, destination, ("Accept-Encoding", "br, gzip"), ("If-None-Match", "\"1\""), ("Range", "bytes=0-9"));

        var body = await answer.Content.ReadAsByteArrayAsync();
        Assert.Equal(Head + Tag + Rest, Encoding.UTF8.GetString(body));
        Assert.Equal(body.Length, answer.Content.Headers.ContentLength);
        Assert.Null(answer.Headers.ETag);
        Assert.Equal("kept", answer.Headers.GetValues("X-Of-The-Ide").Single());
        var seen = _ide.Forwarded.Last().Headers;
        Assert.Equal("identity", seen["Accept-Encoding"]);
        Assert.DoesNotContain(seen.Keys, name => name is "If-None-Match" or "Range");
    }

    [Theory]
    [InlineData("x", "text/html", 200, "GET", "document", "navigate")]
    [InlineData("?x", "text/plain", 200, "GET", "document", "navigate")]
    [InlineData("?x", "text/html", 404, "GET", "document", "navigate")]
    [InlineData("?x", "text/html", 200, "POST", "document", "navigate")]
    [InlineData("?x", "text/html", 200, "GET", "empty", "cors")]
    [InlineData("proxy/3000/", "text/html", 200, "GET", "document", "navigate")]
    public async Task Nothing_else_has_it(string target, string type, int status, string method, string destination, string mode)
    {
        foreach (var path in new[] { "/", "/x", "/proxy/3000/" })
        {
            _ide.When(path, async context =>
            {
                context.Response.ContentType = type;
                context.Response.StatusCode = status;
                await context.Response.WriteAsync(Head + Rest);
            });
        }

        using var answer = await Send(new HttpMethod(method), target, ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", destination), ("Accept-Encoding", "br"), ("Origin", _gateway.Url.GetLeftPart(UriPartial.Authority)));

        var body = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain(WorkbenchScript.Path, body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_comes_encoded_all_the_same_and_one_without_a_head_go_through_as_they_are()
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(Head + Rest));
        }

        _ide.When("/", async context =>
        {
            context.Response.ContentType = "text/html";
            context.Response.Headers.ContentEncoding = "gzip";
            await context.Response.Body.WriteAsync(packed.ToArray());
        });
        using (var answer = await Open("", "document"))
        {
            Assert.Equal(packed.ToArray(), await answer.Content.ReadAsByteArrayAsync());
        }

        _ide.When("/", async context =>
        {
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<h1>no head</h1>");
        });
        using (var answer = await Open("", "document"))
        {
            Assert.Equal("<h1>no head</h1>", await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_page_beyond_all_measure_goes_through_whole()
    {
        const int Length = 3_000_000;
        _ide.When("/", async context =>
        {
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync(Head + Rest);
            await Blocks.Write(context.Response.Body, Length);
        });

        using var answer = await Open("", "document");

        var body = await answer.Content.ReadAsByteArrayAsync();
        var begin = Encoding.UTF8.GetBytes(Head + Rest);
        Assert.Equal(begin, body[..begin.Length]);
        Assert.Equal(Blocks.Hash(Length), await Blocks.HashOf(new MemoryStream(body[begin.Length..])));
    }

    [Theory]
    [InlineData("we+ird@ex.org", "", true, " data-hub=\"/hub/home\" data-start=\"/hub/spawn/we%2Bird%40ex.org\"")]
    [InlineData("ada", "s é", true, " data-hub=\"/hub/home\" data-start=\"/hub/spawn/ada/s%20%C3%A9\"")]
    [InlineData("ada", "", false, " data-hub=\"/hub/home\"")]
    public void Where_to_start_the_server_again_is_said_to_those_who_may(string user, string server, bool mayStart, string attributes)
    {
        var hub = new HubOptions { ApiUrl = new Uri("http://hub/hub/api"), ApiToken = "t", ClientId = "c", CallbackUrl = "/cb", AccessScopes = [] };
        var somebody = new System.Security.Claims.ClaimsPrincipal(new System.Security.Claims.ClaimsIdentity(Access.Claims(mayUse: true, mayStart, mayMonitor: false)));

        var tag = WorkbenchScript.TagFor(somebody, new GatewayOptions { Prefix = "/user/x/", User = user, ServerName = server, Hub = hub });

        Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $"?v={WorkbenchScript.Version}\"{attributes}></script>"), tag, StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> Open(string target, string destination, params (string, string)[] headers) =>
        Send(HttpMethod.Get, target, [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", destination), .. headers]);

    private async Task<HttpResponseMessage> Send(HttpMethod method, string target, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(method, new Uri(_gateway.Url, target));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }
}
