using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Assets;

/// <summary>The folder in which VS Code's own files are kept compressed: who writes to it, what stays, and that what is served is always the file of the IDE server that runs.</summary>
public sealed class AssetFolderTests : IDisposable
{
    private readonly TempDirectory _cache = new();

    public void Dispose() => _cache.Dispose();

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
        await using (var poison = new BrotliStream(File.Create(Path.Combine(_cache.Path, Named(script))), CompressionMode.Compress))
        {
            await poison.WriteAsync(Encoding.UTF8.GetBytes(AssetServer.Long("somebody else's")));
        }

        await using var server = await AssetServer.StartAsync(_cache.Path, script);
        await server.IsKept();

        using var answer = await server.GetAsync(AssetServer.Script);
        Assert.Equal(script, await AssetServer.TextAsync(answer));
    }

    [Fact]
    public async Task What_one_gateway_compresses_others_that_start_at_the_same_time_find()
    {
        var script = AssetServer.Long("first");
        var servers = await Task.WhenAll(AssetServer.StartAsync(_cache.Path, script), AssetServer.StartAsync(_cache.Path, script));
        await using var one = servers[0];
        await using var other = servers[1];

        await Task.WhenAll(one.IsKept(), other.IsKept());

        Assert.Single(servers, server => server.Gateway.Process.Output.Contains("is kept compressed", StringComparison.Ordinal));
        Assert.Single(Directory.EnumerateFiles(_cache.Path, "*.br"));
        Assert.Empty(Directory.EnumerateFiles(_cache.Path, "*.part"));
    }

    [Fact]
    public async Task A_version_that_nobody_has_started_for_a_month_is_taken_away()
    {
        string InCache(string name) => Path.Combine(_cache.Path, name);
        await File.WriteAllTextAsync(InCache("stable-old.list"), "out/a.js\tabc\n");
        await File.WriteAllTextAsync(InCache("abc.br"), "");
        await File.WriteAllTextAsync(InCache("a-gateway-that-was-killed.part"), "");
        await File.WriteAllTextAsync(InCache("stable-new.list"), "out/b.js\tdef\n");
        await File.WriteAllTextAsync(InCache("def.br"), "");
        File.SetLastWriteTimeUtc(InCache("stable-old.list"), DateTime.UtcNow.AddDays(-31));

        await using var server = await AssetServer.StartAsync(_cache.Path, AssetServer.Long("first"));
        await server.IsKept();

        await Eventually.Is(() => !File.Exists(InCache("abc.br")), "the old version is taken away");
        Assert.True(File.Exists(InCache("def.br")));
        Assert.True(File.Exists(InCache(Named(AssetServer.Long("first")))));
        Assert.Empty(Directory.EnumerateFiles(_cache.Path, "*.part"));
    }

    [Fact]
    public async Task What_is_taken_away_while_it_is_served_comes_from_the_IDE()
    {
        var script = AssetServer.Long("first");
        await using var server = await AssetServer.StartAsync(_cache.Path, script);
        await server.IsKept();
        File.Delete(Directory.EnumerateFiles(_cache.Path, "*.br").Single());

        using var answer = await server.GetAsync(AssetServer.Script);

        Assert.False(AssetServer.IsKept(answer));
        Assert.Equal(script, await AssetServer.TextAsync(answer));
    }

    [Fact]
    public async Task A_folder_that_others_can_write_to_is_not_used()
    {
        File.SetUnixFileMode(_cache.Path, File.GetUnixFileMode(_cache.Path) | UnixFileMode.OtherWrite);
        await using var server = await AssetServer.StartAsync(_cache.Path, AssetServer.Long("first"));

        using var answer = await server.GetAsync(AssetServer.Script);

        await server.Gateway.Process.WaitForOutput("Others own it, or can write to it.");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_cache.Path));
    }

    // Only root can give a folder away.
    [SkippableFact]
    public async Task A_folder_that_somebody_else_owns_is_not_used()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess);
        using (var chown = Process.Start("chown", ["65534", _cache.Path]))
        {
            await chown.WaitForExitAsync();
        }

        await using var server = await AssetServer.StartAsync(_cache.Path, AssetServer.Long("first"));
        using var answer = await server.GetAsync(AssetServer.Script);

        await server.Gateway.Process.WaitForOutput("Others own it, or can write to it.");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_cache.Path));
    }

    [Fact]
    public async Task What_is_written_into_a_file_after_it_was_checked_is_not_served()
    {
        var script = AssetServer.Long("first");
        await using var server = await AssetServer.StartAsync(_cache.Path, script);
        await server.IsKept();
        await using (var poison = new BrotliStream(File.Create(Directory.EnumerateFiles(_cache.Path, "*.br").Single()), CompressionMode.Compress))
        {
            await poison.WriteAsync(Encoding.UTF8.GetBytes(AssetServer.Long("somebody else's")));
        }

        using var answer = await server.GetAsync(AssetServer.Script);

        Assert.False(AssetServer.IsKept(answer));
        Assert.Equal(script, await AssetServer.TextAsync(answer));
    }

    [Fact]
    public async Task The_first_browser_of_a_server_gets_what_others_have_compressed()
    {
        var script = AssetServer.Long("first");
        await using (var before = await AssetServer.StartAsync(_cache.Path, script))
        {
            await before.IsKept();
        }

        await using var server = await AssetServer.StartAsync(_cache.Path, script);
        using var answer = await server.GetAsync(AssetServer.Script);

        Assert.True(AssetServer.IsKept(answer));
        Assert.Equal(script, await AssetServer.TextAsync(answer));
    }

    [Fact]
    public async Task A_version_that_is_none_is_left_to_the_IDE_server()
    {
        await using var server = await AssetServer.StartAsync(_cache.Path, AssetServer.Long("first"));
        server.Gateway.Ide.When("/version", context =>
        {
            context.Response.ContentType = "text/plain; charset=of-nobody";
            return context.Response.WriteAsync("../../../tmp/x");
        });

        await server.Gateway.RestartAsync();
        await server.IsKept(); // What is asked for is looked at all the same.

        Assert.Contains("/version is no commit of VS Code's.", server.Gateway.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_has_as_many_files_as_it_may_and_no_more()
    {
        await File.WriteAllLinesAsync(Path.Combine(_cache.Path, AssetServer.Version + ".list"), Enumerable.Range(0, 200).Select(number => $"out/{number}.js\tabc"));
        await using var server = await AssetServer.StartAsync(_cache.Path, AssetServer.Long("first"));

        const string OfAnother = "/insider-0123456789abcdef0123456789abcdef01234567/static/out/a.js";
        server.Gateway.Ide.When(OfAnother, context => AssetServer.AnswerAsync(context, AssetServer.Long("another")));

        await server.IsKept(OfAnother); // Which is looked at after what the page names.

        using var answer = await server.GetAsync(AssetServer.Script);
        Assert.False(AssetServer.IsKept(answer));
        Assert.Single(Directory.EnumerateFiles(_cache.Path, "*.br"));
    }

    private static string Named(string content) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content))) + ".br";
}
