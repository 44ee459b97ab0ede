using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Waiide.Tests.Gateway.Ide;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway;

/// <summary>USE_ALL_COMPONENTS and what the IDE is given from the start.</summary>
public sealed class IdeAloneTests : IDisposable
{
    private const string Sentence = "This server offers VS Code alone: it was started with USE_ALL_COMPONENTS=false.";

    private readonly TempDirectory _home = new();
    private readonly StubCodeServer _ide;

    public IdeAloneTests()
    {
        _ide = new StubCodeServer(_home.Path, _home.Path);
        Directory.CreateDirectory(Path.Combine(_home.Path, "0123456789ab"));
        Directory.CreateSymbolicLink(Path.Combine(_home.Path, "current"), "0123456789ab");
    }

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Without_all_components_there_is_the_IDE_and_nothing_beside_it()
    {
        await using var server = await UserServer.StartAsync();
        await using var gateway = await StartAsync(("USE_ALL_COMPONENTS", "false"));
        string[] leftOut = [$"proxy/{server.Port}/headers", $"proxy/8071/proxy/{server.Port}/headers", $"absproxy/{server.Port}/", $"proxy/absolute/{server.Port}/", $"tunnel/{server.Port}", "open?repo=https://example.org/x", "open/1", "api/workbench.js"];
        foreach (var target in leftOut)
        {
            using var answer = await AskAsync(gateway, target);
            Assert.Equal((target, HttpStatusCode.NotFound), (target, answer.StatusCode));
            Assert.Equal(Sentence, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["message"]);

            // Strangers are told to sign in, not what there is.
            using var stranger = await AskAsync(gateway, target, token: "another");
            Assert.Equal((target, HttpStatusCode.Unauthorized), (target, stranger.StatusCode));
        }

        foreach (var target in new[] { "", "proxy/8071/" })
        {
            using var document = await AskAsync(gateway, target, ("Sec-Fetch-Dest", "document"));
            Assert.Equal(HttpStatusCode.OK, document.StatusCode);
            var page = await document.Content.ReadAsStringAsync();
            Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
            Assert.Contains("&quot;enableWorkspaceTrust&quot;:false", page, StringComparison.Ordinal); // Whose folder it is has nothing to do with it.
        }

        var run = await _ide.Run();
        Assert.Contains("--disable-proxy", run.Args);
        Assert.DoesNotContain("--builtin-extensions-dir", run.Args);
        Assert.False(run.Env.ContainsKey("VSCODE_PROXY_URI"));
    }

    [Fact]
    public async Task With_them_the_IDE_has_the_extensions_of_the_image_and_the_gallery_of_the_operator()
    {
        const string Gallery = """{"serviceUrl":"https://gallery.example.org/api"}""";
        await using var gateway = await StartAsync(("USE_ALL_COMPONENTS", "true"), ("EXTENSIONS_GALLERY", Gallery));

        var run = await _ide.Run();

        // The folder itself: by its name, which "current" would hide, other extensions are others to browsers, too.
        Assert.Equal(Path.Combine(_home.Path, "0123456789ab"), run.Args[Array.IndexOf(run.Args, "--builtin-extensions-dir") + 1]);
        Assert.Equal(Gallery, run.Env["EXTENSIONS_GALLERY"]);
        Assert.DoesNotContain("--disable-proxy", run.Args);
        Assert.Equal("/proxy/{{port}}/", run.Env["VSCODE_PROXY_URI"]);
    }

    private Task<RunningGateway> StartAsync(params (string, string)[] environment) => RunningGateway.StandaloneAsync(
        [("WAIIDE_IDE_URL", ""), ("WAIIDE_IDE_COMMAND", _ide.Program), ("WAIIDE_DATA_DIR", _home.Path), ("WAIIDE_WORKSPACE", _home.Path), ("WAIIDE_IDE_EXTENSIONS", Path.Combine(_home.Path, "current")), .. environment]);

    private static async Task<HttpResponseMessage> AskAsync(RunningGateway gateway, string target, (string Name, string Value)? header = null, string token = RunningGateway.Token)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Url, target));
        request.Headers.Authorization = new AuthenticationHeaderValue("token", token);
        request.Headers.Add(header?.Name ?? "Accept", header?.Value ?? "application/json");

        return await http.SendAsync(request);
    }
}
