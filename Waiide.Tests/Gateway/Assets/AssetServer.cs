using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Assets;

/// <summary>A gateway under a hub whose IDE has a page that names a script of VS Code's, as the real one has; and a program of the person's whose server it is.</summary>
internal sealed class AssetServer : IAsyncDisposable
{
    public const string Version = "stable-0123456789abcdef0123456789abcdef01234567";

    public const string Script = $"/{Version}/static/out/vs/code/browser/workbench/workbench.js";

    public const string Prefix = "/user/ada";

    private readonly HttpClient _person = new(new HttpClientHandler { AutomaticDecompression = DecompressionMethods.None, AllowAutoRedirect = false });
    private readonly RunningGateway _gateway;
    private volatile string _script;

    private AssetServer(RunningGateway gateway, string script)
    {
        _gateway = gateway;
        _script = script;
        _person.BaseAddress = gateway.Url;
        _person.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("token", gateway.Hub!.TokenOf("ada"));
    }

    public RunningGateway Gateway => _gateway;

    /// <summary>Long enough to be worth a file.</summary>
    public static string Long(string text) => string.Concat(Enumerable.Range(0, 2000).Select(number => string.Create(CultureInfo.InvariantCulture, $"/* {text} {number} */ ")));

    public static async Task<AssetServer> StartAsync(string folder, string script)
    {
        var gateway = await RunningGateway.StartAsync(await StubHub.StartAsync(), ("WAIIDE_ASSET_CACHE", folder), ("LOG_LEVEL", "DEBUG"));
        var server = new AssetServer(gateway, script);
        gateway.Ide.When($"/{Version}/", context => context.Response.WriteAsync($"""<html><head><script src="{Version}/static/out/vs/code/browser/workbench/workbench.js"></script></head></html>"""));
        gateway.Ide.When(Script, context => AnswerAsync(context, server._script));

        // From here on the page is there: the gateway looks at it when the IDE server is new to it.
        await server.IdeIsReplacedAsync(script);
        return server;
    }

    /// <summary>Another IDE server takes the place of this one, with another script under the same address.</summary>
    public async Task IdeIsReplacedAsync(string script)
    {
        _gateway.Ide.Healthy = false;
        await Eventually.Is(async () => (await GetAsync("/health")).StatusCode == HttpStatusCode.ServiceUnavailable, "the gateway notices that its IDE is gone");
        _script = script;
        _gateway.Ide.Healthy = true;
        await Eventually.Is(async () => (await GetAsync("/health")).StatusCode == HttpStatusCode.OK, "the gateway notices its new IDE");
    }

    /// <summary>A file of VS Code's that never changes.</summary>
    public static async Task AnswerAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/javascript";
        context.Response.Headers.CacheControl = "public, max-age=31536000";
        await context.Response.WriteAsync(text);
    }

    public async Task<HttpResponseMessage> GetAsync(string target, string? encodings = "br, gzip", Action<HttpRequestHeaders>? headers = null, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, Prefix + target);
        if (encodings is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", encodings);
        }

        headers?.Invoke(request.Headers);
        return await _person.SendAsync(request);
    }

    /// <summary>Returns when the gateway answers this itself.</summary>
    public Task IsKept(string target = Script) => Eventually.Is(async () => IsKept(await GetAsync(target)), $"{target} is kept");

    /// <summary>The stub answers without an encoding.</summary>
    public static bool IsKept(HttpResponseMessage answer) => answer.Content.Headers.ContentEncoding.Contains("br");

    public static async Task<string> TextAsync(HttpResponseMessage answer)
    {
        await using var body = await answer.Content.ReadAsStreamAsync();
        await using var content = IsKept(answer) ? new BrotliStream(body, CompressionMode.Decompress) : body;
        using var reader = new StreamReader(content, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _person.Dispose();
        await _gateway.DisposeAsync();
    }
}
