using System.Net;
using System.Net.Http.Headers;
using Waiide.Gateway.Assets;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Assets;

/// <summary>VS Code's own files, which the gateway keeps compressed: for whom, which, and how.</summary>
public sealed class KeptAssetsTests(KeptAssetsTests.Kept kept) : IClassFixture<KeptAssetsTests.Kept>
{
    /// <summary>One server for all of them, that keeps a script.</summary>
    public sealed class Kept : IAsyncLifetime
    {
        private readonly TempDirectory _cache = new();

        internal AssetServer Server { get; private set; } = null!;

        internal string Script { get; } = AssetServer.Long("first");

        public async Task InitializeAsync()
        {
            Server = await AssetServer.StartAsync(_cache.Path, Script);
            await Server.IsKept();
        }

        public async Task DisposeAsync()
        {
            await Server.DisposeAsync();
            _cache.Dispose();
        }
    }

    [Fact]
    public async Task What_a_page_of_VS_Code_names_is_served_compressed_and_without_the_IDE()
    {
        var asked = kept.Server.Gateway.Ide.Forwarded.Count();

        using var answer = await kept.Server.GetAsync(AssetServer.Script);

        Assert.Equal(kept.Script, await AssetServer.TextAsync(answer));
        Assert.Equal(asked, kept.Server.Gateway.Ide.Forwarded.Count());
        Assert.True(answer.Content.Headers.ContentLength < kept.Script.Length / 4, $"{answer.Content.Headers.ContentLength} of {kept.Script.Length}");
        Assert.Equal("text/javascript", answer.Content.Headers.ContentType?.ToString());
        Assert.Contains("Accept-Encoding", answer.Headers.Vary);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());

        // For this browser, and for ever.
        Assert.Equal((false, true, TimeSpan.FromDays(365)), (answer.Headers.CacheControl!.Public, answer.Headers.CacheControl.Private, answer.Headers.CacheControl.MaxAge));
        Assert.Contains(answer.Headers.CacheControl.Extensions, extension => extension.Name == "immutable");
    }

    // Of code-server's root the next one is what the person has opened last: nobody but they may ask for it.
    [Fact]
    public void The_IDE_is_not_asked_for_its_root_on_nobodys_behalf() =>
        Assert.DoesNotContain(kept.Server.Gateway.Ide.Requests, request => request.Target.Split('?')[0] == "/" && request.Headers.GetValueOrDefault("User-Agent") == "Waiide");

    [Fact]
    public async Task Nothing_leaves_the_cache_for_who_may_not_use_the_server_however_they_ask()
    {
        var gateway = kept.Server.Gateway;
        gateway.Hub!.Users["bob"] = ["access:servers!server=bob/"];
        using var whole = await kept.Server.GetAsync(AssetServer.Script);
        var secret = (await whole.Content.ReadAsByteArrayAsync())[..64];
        var tag = whole.Headers.ETag!.ToString();
        using var formerly = gateway.Browser("ada");
        await formerly.FollowAsync(AssetServer.Prefix + "/");
        var session = formerly.CookiesFor(AssetServer.Prefix + "/");
        using (var before = await AskAsync(HttpMethod.Get, ("Cookie", session)))
        {
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        }

        using var logout = await formerly.OpenAsync(AssetServer.Prefix + "/logout");
        (string, string)[][] strangers =
        [
            [],
            [("Cookie", session)], // Copied before the logout.
            [("Cookie", session[..^4] + "AAAA")],
            [("Authorization", "token " + gateway.Hub.TokenOf("bob"))],
            [("Authorization", "token of-nobody")],
        ];
        (string, string)[][] questions =
        [
            [],
            [("If-None-Match", tag)],
            [("If-None-Match", "*")],
            [("If-Match", tag)],
            [("If-Modified-Since", "Fri, 01 Jan 2100 00:00:00 GMT")],
            [("Range", "bytes=0-63")],
            [("Range", "bytes=0-63"), ("If-Range", tag)],
            [("Range", "bytes=99999999-")],
        ];
        string[] methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];

        foreach (var (stranger, question, method) in from stranger in strangers from question in questions from method in methods select (stranger, question, method))
        {
            using var answer = await AskAsync(new HttpMethod(method), [.. stranger, .. question]);

            var what = $"{method} {string.Join(' ', stranger.Concat(question))}: {(int)answer.StatusCode}";
            Assert.True(answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, what);
            Assert.True(answer.Headers.ETag is null && !AssetServer.IsKept(answer) && answer.Content.Headers.ContentRange is null, what);
            Assert.True((await answer.Content.ReadAsByteArrayAsync()).AsSpan().IndexOf(secret.AsSpan(0, 16)) < 0, what);
        }

        Task<HttpResponseMessage> AskAsync(HttpMethod method, params (string, string)[] headers) =>
            gateway.Browser().SendAsync(method, AssetServer.Prefix + AssetServer.Script, null, [("Sec-Fetch-Mode", "no-cors"), ("Accept-Encoding", "br"), .. headers]); // As a page asks for its script.
    }

    [Theory]
    [InlineData(null)]
    [InlineData("gzip")]
    [InlineData("br;q=0, gzip")]
    public async Task Who_does_not_take_it_compressed_gets_it_from_the_IDE(string? encodings)
    {
        using var answer = await kept.Server.GetAsync(AssetServer.Script, encodings);

        Assert.False(AssetServer.IsKept(answer));
        Assert.Equal(kept.Script, await AssetServer.TextAsync(answer));
    }

    [Fact]
    public async Task A_copy_is_confirmed_and_a_part_is_a_part()
    {
        using var whole = await kept.Server.GetAsync(AssetServer.Script);
        var (bytes, tag) = (await whole.Content.ReadAsByteArrayAsync(), whole.Headers.ETag!);
        var another = new EntityTagHeaderValue("\"another\"");

        using var head = await kept.Server.GetAsync(AssetServer.Script, method: HttpMethod.Head);
        Assert.Equal((HttpStatusCode.OK, bytes.Length, tag), (head.StatusCode, head.Content.Headers.ContentLength, head.Headers.ETag));

        using var confirmed = await kept.Server.GetAsync(AssetServer.Script, headers: headers => headers.IfNoneMatch.Add(tag));
        Assert.Equal((HttpStatusCode.NotModified, tag), (confirmed.StatusCode, confirmed.Headers.ETag));
        Assert.Contains("Accept-Encoding", confirmed.Headers.Vary);

        using var changed = await kept.Server.GetAsync(AssetServer.Script, headers: headers => headers.IfNoneMatch.Add(another));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        using var part = await kept.Server.GetAsync(AssetServer.Script, headers: headers => (headers.Range, headers.IfRange) = (new RangeHeaderValue(10, 19), new RangeConditionHeaderValue(tag)));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(bytes[10..20], await part.Content.ReadAsByteArrayAsync());

        using var ofAnother = await kept.Server.GetAsync(AssetServer.Script, headers: headers => (headers.Range, headers.IfRange) = (new RangeHeaderValue(10, 19), new RangeConditionHeaderValue(another)));
        Assert.Equal(HttpStatusCode.OK, ofAnother.StatusCode);
        Assert.Equal(bytes, await ofAnother.Content.ReadAsByteArrayAsync());

        using var beyond = await kept.Server.GetAsync(AssetServer.Script, headers: headers => headers.Range = new RangeHeaderValue(bytes.Length, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
    }

    [Fact]
    public async Task What_a_browser_asks_for_later_is_kept_for_the_next()
    {
        const string Worker = $"/{AssetServer.Version}/static/out/vs/workbench/api/worker/extensionHostWorkerMain.js";
        kept.Server.Gateway.Ide.When(Worker, context => AssetServer.AnswerAsync(context, AssetServer.Long("worker")));

        await kept.Server.IsKept(Worker);
    }

    [Theory]
    [InlineData("out/with-a-policy.js", "text/javascript", "Content-Security-Policy")]
    [InlineData("out/with-more-rights.js", "text/javascript", "Service-Worker-Allowed")]
    [InlineData("out/a-page.html", "text/html", "Server")]
    public async Task What_says_more_than_its_content_is_left_to_the_IDE_server(string path, string type, string header)
    {
        var (special, after) = ($"/{AssetServer.Version}/static/{path}", $"/{AssetServer.Version}/static/{path}.after");
        kept.Server.Gateway.Ide.When(after, context => AssetServer.AnswerAsync(context, AssetServer.Long(path)));
        kept.Server.Gateway.Ide.When(special, async context =>
        {
            context.Response.OnStarting(() =>
            {
                context.Response.ContentType = type;
                return Task.CompletedTask;
            });
            context.Response.Headers[header] = "/";
            await AssetServer.AnswerAsync(context, AssetServer.Long("special"));
        });
        using (var first = await kept.Server.GetAsync(special))
        {
            Assert.False(AssetServer.IsKept(first));
        }

        await kept.Server.IsKept(after); // One is looked at after the other.

        using var again = await kept.Server.GetAsync(special);
        Assert.False(AssetServer.IsKept(again));
        Assert.Equal("/", again.Headers.GetValues(header).Single());
    }

    // Only what comes with the IDE server is the same for everybody.
    [Theory]
    [InlineData("/stable-0123456789abcdef0123456789abcdef01234567/static/out/a.js", true)]
    [InlineData("/insider-0123456789abcdef0123456789abcdef01234567/static/extensions/theme-seti/icons/seti.woff", true)]
    [InlineData("/stable-0123456789abcdef0123456789abcdef01234567/static/node_modules/@vscode/tree-sitter-wasm/wasm/tree-sitter.wasm", true)]
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
