using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Waiide.Gateway.Assets;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Assets;

/// <summary>VS Code's own files, which the gateway keeps compressed: for whom, which, and that they are always those of the IDE server that runs.</summary>
public sealed class KeptAssetsTests : IDisposable
{
    private readonly TempDirectory _cache = new();

    public void Dispose() => _cache.Dispose();

    [Fact]
    public async Task What_a_page_of_VS_Code_names_is_compressed_once_and_then_served_without_the_IDE()
    {
        var script = AssetServer.Long("first");
        await using var server = await AssetServer.StartAsync(_cache.Path, script);
        await server.IsKept();
        var asked = server.Gateway.Ide.Forwarded.Count();

        using var answer = await server.GetAsync(AssetServer.Script);

        Assert.Equal(script, await AssetServer.TextAsync(answer));
        Assert.Equal(asked, server.Gateway.Ide.Forwarded.Count());
        Assert.True(answer.Content.Headers.ContentLength < script.Length / 4, $"{answer.Content.Headers.ContentLength} of {script.Length}");
        Assert.Equal("text/javascript", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("public, max-age=31536000", answer.Headers.CacheControl?.ToString());
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task A_stranger_gets_nothing_of_it()
    {
        await using var server = await AssetServer.StartAsync(_cache.Path, AssetServer.Long("first"));
        await server.IsKept();

        using var stranger = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = server.Gateway.Url };
        stranger.DefaultRequestHeaders.Add("Sec-Fetch-Mode", "no-cors"); // As a page asks for its script.
        stranger.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", "br");
        using var answer = await stranger.GetAsync(AssetServer.Script);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.False(AssetServer.IsKept(answer));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("br;q=0, gzip")]
    public async Task Who_does_not_take_it_compressed_gets_it_from_the_IDE(string? encodings)
    {
        var script = AssetServer.Long("first");
        await using var server = await AssetServer.StartAsync(_cache.Path, script);
        await server.IsKept();

        using var answer = await server.GetAsync(AssetServer.Script, encodings);

        Assert.False(AssetServer.IsKept(answer));
        Assert.Equal(script, await AssetServer.TextAsync(answer));
    }

    [Fact]
    public async Task A_copy_is_confirmed_and_a_part_is_a_part()
    {
        await using var server = await AssetServer.StartAsync(_cache.Path, AssetServer.Long("first"));
        await server.IsKept();
        using var whole = await server.GetAsync(AssetServer.Script);
        var bytes = await whole.Content.ReadAsByteArrayAsync();

        using var confirmed = await server.GetAsync(AssetServer.Script, headers: headers => headers.IfNoneMatch.Add(whole.Headers.ETag!));
        using var part = await server.GetAsync(AssetServer.Script, headers: headers => headers.Range = new RangeHeaderValue(10, 19));

        Assert.Equal(HttpStatusCode.NotModified, confirmed.StatusCode);
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(bytes[10..20], await part.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Another_IDE_server_under_the_same_address_is_never_answered_for_with_the_files_of_the_one_before()
    {
        await using var server = await AssetServer.StartAsync(_cache.Path, AssetServer.Long("first"));
        await server.IsKept();

        await server.IdeIsReplacedAsync(AssetServer.Long("second"));

        using (var at_once = await server.GetAsync(AssetServer.Script))
        {
            Assert.StartsWith("/* second 0 */", await AssetServer.TextAsync(at_once), StringComparison.Ordinal);
        }

        await server.IsKept();
        using var answer = await server.GetAsync(AssetServer.Script);
        Assert.StartsWith("/* second 0 */", await AssetServer.TextAsync(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_of_the_folder_that_is_not_what_its_name_says_is_not_served()
    {
        var script = AssetServer.Long("first");
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script))) + ".br";
        await using (var poison = new BrotliStream(File.Create(Path.Combine(_cache.Path, name)), CompressionMode.Compress))
        {
            await poison.WriteAsync(Encoding.UTF8.GetBytes(AssetServer.Long("somebody else's")));
        }

        await using var server = await AssetServer.StartAsync(_cache.Path, script);
        await server.IsKept();

        using var answer = await server.GetAsync(AssetServer.Script);
        Assert.Equal(script, await AssetServer.TextAsync(answer));
    }

    [Fact]
    public async Task What_one_gateway_has_compressed_the_next_only_reads()
    {
        var script = AssetServer.Long("first");
        await using (var first = await AssetServer.StartAsync(_cache.Path, script))
        {
            await first.IsKept();
        }

        var written = File.GetLastWriteTimeUtc(Directory.EnumerateFiles(_cache.Path, "*.br").Single());
        await using var second = await AssetServer.StartAsync(_cache.Path, script);
        await second.IsKept();

        Assert.Equal(written, File.GetLastWriteTimeUtc(Directory.EnumerateFiles(_cache.Path, "*.br").Single()));
    }

    [Fact]
    public async Task A_folder_that_others_can_write_to_is_not_used()
    {
        File.SetUnixFileMode(_cache.Path, File.GetUnixFileMode(_cache.Path) | UnixFileMode.OtherWrite);
        await using var server = await AssetServer.StartAsync(_cache.Path, AssetServer.Long("first"));

        await server.Gateway.Process.WaitForOutput("Others can write to it.");

        Assert.Empty(Directory.EnumerateFileSystemEntries(_cache.Path));
    }

    [Fact]
    public async Task What_a_browser_asks_for_later_is_kept_for_the_next()
    {
        const string Worker = $"/{AssetServer.Version}/static/out/vs/workbench/api/worker/extensionHostWorkerMain.js";
        await using var server = await AssetServer.StartAsync(_cache.Path, AssetServer.Long("first"));
        server.Gateway.Ide.When(Worker, context => AssetServer.AnswerAsync(context, AssetServer.Long("worker")));

        await server.IsKept(Worker);
    }

    // Only what comes with the IDE server is the same for everybody.
    [Theory]
    [InlineData("/stable-0123456789abcdef0123456789abcdef01234567/static/out/a.js", true)]
    [InlineData("/insider-0123456789abcdef0123456789abcdef01234567/static/extensions/theme-seti/icons/seti.woff", true)]
    [InlineData("/stable-0123456789abcdef0123456789abcdef01234567/static/out/a.js?x", false)]
    [InlineData("/stable-0123456789abcdef0123456789abcdef01234567/static/out/%61.js", false)]
    [InlineData("/stable-0123456789abcdef0123456789abcdef01234567/vscode-remote-resource?path=/home/ada/diary.txt", false)]
    [InlineData("/stable-0123456789abcdef0123456789abcdef01234567/static/", false)]
    [InlineData("/stable-0123456789abcdef0123456789abcdef01234567/static/.hidden", false)]
    [InlineData("/stable-0123/static/out/a.js", false)]
    [InlineData("/_static/out/browser/serviceWorker.js", false)]
    [InlineData("/x/stable-0123456789abcdef0123456789abcdef01234567/static/out/a.js", false)]
    public void Kept_is_what_comes_with_VS_Code(string target, bool isKept) => Assert.Equal(isKept, KeptAsset.Address(target) is not null);
}
