using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Waiide.Tests.Gateway.Ide;
using Waiide.Tests.Gateway.Proxy;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Open;

/// <summary>Links to repositories, followed at a gateway with an IDE of its own and a real git.</summary>
public sealed class CloneTests : IDisposable
{
    private readonly TempDirectory _home = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
    private readonly string _work;

    public CloneTests() => _work = Path.Combine(_home.Path, "work");

    public void Dispose()
    {
        _client.Dispose();
        _home.Dispose();
    }

    [SkippableFact]
    public async Task A_link_asks_first_then_clones_and_opens_the_file()
    {
        await using var server = await GitServer.StartAsync();
        await using var gateway = await Start();

        var page = await Page(gateway, Query(server.Letters, "main", "src/letter.txt", 150));
        Assert.Contains(server.Letters, page, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_work, "letters"), page, StringComparison.Ordinal);
        Assert.Contains("Clone and open", page, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_work, "letters")));

        var end = await Clone(gateway, server.Letters, "main", "src/letter.txt", 150);
        Assert.Equal("done", (string)end["status"]!);
        var location = Uri.UnescapeDataString(Uri.UnescapeDataString((string)end["location"]!));
        Assert.Equal(
            $"/?folder={_work}/letters&payload=[[\"openFile\",\"vscode-remote://127.0.0.1:{gateway.Port}{_work}/letters/src/letter.txt:150\"],[\"gotoLineMode\",\"true\"]]", location);
        Assert.Equal("main", GitServer.Git(Path.Combine(_work, "letters"), "branch", "--show-current"));
        Assert.Equal(["letters"], Directory.EnumerateFileSystemEntries(_work).Select(Path.GetFileName));
    }

    [SkippableFact]
    public async Task Branches_tags_and_commits_are_checked_out()
    {
        await using var server = await GitServer.StartAsync();
        await using var gateway = await Start();
        var folder = Path.Combine(_work, "letters");

        foreach (var (name, commit) in new[] { ("other/branch", server.FirstCommit), ("v1.0", ""), (server.FirstCommit, server.FirstCommit) })
        {
            var end = await Clone(gateway, server.Letters, name);
            Assert.True((string)end["status"]! == "done", end.ToJsonString());
            Assert.Equal(commit.Length == 0, File.Exists(Path.Combine(folder, "second.txt")));
            Directory.Delete(folder, recursive: true);
        }
    }

    [SkippableFact]
    public async Task A_clone_that_is_there_is_opened_as_it_is()
    {
        await using var server = await GitServer.StartAsync();
        await using var gateway = await Start();
        await Clone(gateway, server.Letters);
        var file = Path.Combine(_work, "letters", "second.txt");
        await File.WriteAllTextAsync(file, "not committed");

        using var again = await _client.GetAsync(new Uri(gateway.Url, "open" + Query(server.Letters.Replace(".git", "", StringComparison.Ordinal), "main", "second.txt")));
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.StartsWith($"/?folder={_work}/letters&payload=", again.Headers.Location!.OriginalString, StringComparison.Ordinal);

        var other = await Page(gateway, Query(server.Letters, "other/branch"));
        Assert.Contains("Nothing was changed in it", other, StringComparison.Ordinal);
        Assert.Contains("git switch other/branch", WebUtility.HtmlDecode(other), StringComparison.Ordinal);
        Assert.Equal("not committed", await File.ReadAllTextAsync(file));
        Assert.Equal("main", GitServer.Git(Path.Combine(_work, "letters"), "branch", "--show-current"));
    }

    [SkippableFact]
    public async Task A_folder_that_is_something_else_keeps_its_name()
    {
        await using var server = await GitServer.StartAsync();
        await using var gateway = await Start();
        Directory.CreateDirectory(Path.Combine(_work, "letters"));
        await File.WriteAllTextAsync(Path.Combine(_work, "letters", "mine"), "mine");

        await Clone(gateway, server.Letters);

        Assert.Equal(["mine"], Directory.EnumerateFileSystemEntries(Path.Combine(_work, "letters")).Select(Path.GetFileName));
        Assert.True(File.Exists(Path.Combine(_work, "letters-2", "second.txt")));
    }

    [SkippableFact]
    public async Task What_cannot_be_cloned_is_told_in_words_and_leaves_nothing()
    {
        await using var server = await GitServer.StartAsync();
        await using var gateway = await Start();

        foreach (var (repo, name, sentence) in new[]
        {
            (server.Url + "nothing.git", null, "There is no such repository"),
            (server.Letters, "no-such-branch", "no branch or tag named no-such-branch"),
            (server.Letters, new string('0', 40), "has no commit 0000"),
            ("http://127.0.0.1:" + Ports.Free() + "/x", (string?)null, "cannot be reached"),
        })
        {
            var end = await Clone(gateway, repo, name);
            Assert.Equal("failed", (string)end["status"]!);
            Assert.Contains(sentence, (string)end["message"]!, StringComparison.Ordinal);
            Assert.Empty(Directory.EnumerateFileSystemEntries(_work));
        }
    }

    [SkippableFact]
    public async Task A_link_in_the_repository_that_leads_out_of_it_is_not_opened()
    {
        await using var server = await GitServer.StartAsync();
        await using var gateway = await Start();
        var end = await Clone(gateway, server.Letters, path: "passwd");
        Assert.Equal("done", (string)end["status"]!);
        Assert.Null(end["location"]);

        using var answer = await _client.GetAsync(new Uri(gateway.Url, "open" + Query(server.Letters, path: "passwd")));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains($"/?folder={_work}/letters", WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task One_clone_of_a_folder_at_a_time_and_none_outlives_the_gateway()
    {
        await using var server = await GitServer.StartAsync();
        await using var gateway = await Start();
        var hangs = server.Url + "hangs.git";

        var first = await Post(gateway, hangs);
        Assert.Equal(first, await Post(gateway, hangs));
        using var other = await Send(gateway, hangs, "another", null, null);
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        Assert.Contains("Something else is being cloned", await other.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await Eventually.Is(() => Processes.All().Any(IsOurs), "git runs");

        await gateway.Stop();

        Assert.DoesNotContain(Processes.All(), IsOurs);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_work));

        bool IsOurs(Processes.Found process) => process.CommandLine.Contains(hangs, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Looking_at_a_folder_that_is_there_runs_nothing_of_it()
    {
        // As out of an archive: git that works there fetches a missing commit, and asks for a password for it.
        await using var server = await GitServer.StartAsync();
        await using var gateway = await Start();
        var (folder, ran) = (Path.Combine(_work, "letters"), Path.Combine(_home.Path, "ran"));
        GitServer.Git(_home.Path, "init", "--quiet", "--initial-branch=main", folder);
        var asks = server.Url + "asks/letters.git";
        foreach (var (key, value) in new[]
        {
            ("remote.origin.url", asks), ("remote.origin.promisor", "true"), ("remote.origin.partialclonefilter", "blob:none"), ("extensions.partialClone", "origin"),
            ("core.repositoryformatversion", "1"), ("credential.helper", $"!touch {ran};"), ("core.fsmonitor", $"touch {ran}"), ("core.sshCommand", $"touch {ran};"),
        })
        {
            GitServer.Git(folder, "config", key, value);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, ".git", "refs", "heads", "main"), new string('1', 40) + "\n");
        foreach (var wanted in new[] { "main", "other", new string('1', 40), new string('2', 40) })
        {
            var page = await _client.GetAsync(new Uri(gateway.Url, "open" + Query(asks, wanted)));
            Assert.Equal(wanted is "main" || wanted[0] == '1' ? HttpStatusCode.Redirect : HttpStatusCode.OK, page.StatusCode);
            page.Dispose();
        }

        Assert.False(File.Exists(ran), "The folder's own configuration was obeyed.");
    }

    [SkippableFact]
    public async Task A_clone_that_is_there_is_known_by_branch_tag_and_commit()
    {
        await using var server = await GitServer.StartAsync();
        await using var gateway = await Start();
        var folder = Path.Combine(_work, "letters");
        GitServer.Git(_home.Path, "clone", "--quiet", server.Letters, folder);
        GitServer.Git(folder, "tag", "-a", "-m", "note", "noted");
        GitServer.Git(folder, "pack-refs", "--all");
        var head = GitServer.Git(folder, "rev-parse", "HEAD");

        foreach (var (wanted, isThere) in new[] { ("main", true), ("v1.0", true), ("noted", true), (head, true), (server.FirstCommit, false), ("other/branch", false), ("missing", false) })
        {
            Assert.True(isThere == (await Location(gateway, Query(server.Letters, wanted)) is not null), wanted);
        }
    }

    [SkippableFact]
    public async Task A_clone_that_was_cut_short_by_force_is_swept_away_at_the_next_start()
    {
        await using var server = await GitServer.StartAsync();
        var mine = Path.Combine(_work, ".letters.0123456789abcdef.cloning");
        await using (var gateway = await Start())
        {
            Directory.CreateDirectory(mine); // By somebody else, whatever it is called.
            await Post(gateway, server.Url + "hangs.git");
            await Eventually.Is(() => Directory.EnumerateDirectories(_work).Count() == 2, "git has made its folder");
            gateway.Process.Signal("KILL");
            await gateway.Process.WaitForExit();

            // git cleans up where it can; not where the whole machine goes.
            foreach (var git in Processes.All().Where(process => process.CommandLine.Contains("clone --progress", StringComparison.Ordinal) && process.CommandLine.Contains(_work, StringComparison.Ordinal)))
            {
                StubCodeServer.Kill(git.Id);
            }

            Assert.Equal(2, Directory.EnumerateDirectories(_work).Count());
        }

        await using var next = await Start();
        await Eventually.Is(() => Directory.EnumerateDirectories(_work).SequenceEqual([mine]), "what was left unfinished is gone, and nothing else");
    }

    [SkippableFact]
    public async Task VS_Code_restricts_what_a_link_has_brought_and_folders_elsewhere_and_not_the_workspace()
    {
        await using var server = await GitServer.StartAsync();
        await using var gateway = await Start();
        await Clone(gateway, server.Letters);
        var (work, letters) = (Uri.EscapeDataString(_work), Uri.EscapeDataString(Path.Combine(_work, "letters")));
        foreach (var (query, isRestricted) in new[]
        {
            ("", false), ($"?folder={work}", false), ("?ew=true", false),
            ($"?folder={letters}", true), ($"?folder={letters}%2Fsrc", true), ($"?folder={work}&folder={letters}", true), ("?folder=/tmp", true), ($"?workspace={work}%2Fa.code-workspace", true),
        })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(gateway.Url, query));
            request.Headers.Add("Accept", "text/html");
            using var answer = await _client.SendAsync(request);
            Assert.Contains($"&quot;enableWorkspaceTrust&quot;:{(isRestricted ? "true" : "false")},", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task A_path_alone_opens_the_workspace()
    {
        await using var gateway = await Start();
        Directory.CreateDirectory(Path.Combine(_work, "notes"));
        await File.WriteAllTextAsync(Path.Combine(_work, "notes", "a.txt"), "a");

        Assert.Equal($"/?folder={_work}/notes", await Location(gateway, "?path=notes"));
        Assert.Equal($"/?folder={_work}/notes", await Location(gateway, "?path=" + Uri.EscapeDataString(_work + "/notes/")));
        Assert.StartsWith($"/?folder={_work}&payload=", await Location(gateway, "?path=notes/a.txt&line=1"), StringComparison.Ordinal);
        Assert.Null(await Location(gateway, "?path=missing.txt"));
        Assert.Null(await Location(gateway, "?path=/etc/passwd"));
        Assert.Null(await Location(gateway, "?path=../data"));
    }

    [SkippableFact]
    public async Task The_form_is_the_generator_and_what_is_wrong_is_told()
    {
        await using var gateway = await Start();
        Assert.Contains("Make the link", await Page(gateway, ""), StringComparison.Ordinal);
        Assert.Contains("Make the link", await Page(gateway, "?repo=&ref=&path=&line="), StringComparison.Ordinal);

        using var answer = await _client.GetAsync(new Uri(gateway.Url, "open?repo=" + Uri.EscapeDataString("ext::sh -c \"<script>\"")));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain("<script>\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy"));
    }

    private async Task<BareGateway> Start()
    {
        var data = Path.Combine(_home.Path, "data");
        var ide = new StubCodeServer(_home.Path, data);
        Directory.CreateDirectory(_work);
        return await (await BareGateway.StartAsync("/", ("WAIIDE_IDE_COMMAND", ide.Program), ("WAIIDE_DATA_DIR", data), ("WAIIDE_WORKSPACE", _work), ("GIT_CONFIG_GLOBAL", "/dev/null"))).WhenUsable();
    }

    private async Task<string> Page(BareGateway gateway, string query)
    {
        using var answer = await _client.GetAsync(new Uri(gateway.Url, "open" + query));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<string?> Location(BareGateway gateway, string query)
    {
        using var answer = await _client.GetAsync(new Uri(gateway.Url, "open" + query));
        return answer.Headers.Location?.OriginalString;
    }

    private Task<HttpResponseMessage> Send(BareGateway gateway, string repo, string? name, string? path, int? line) => _client.PostAsync(
        new Uri(gateway.Url, "open"), new FormUrlEncodedContent(new Dictionary<string, string> { ["repo"] = repo, ["ref"] = name ?? "", ["path"] = path ?? "", ["line"] = line?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "" }));

    private async Task<string> Post(BareGateway gateway, string repo, string? name = null, string? path = null, int? line = null)
    {
        using var answer = await Send(gateway, repo, name, path, line);
        Assert.True(answer.StatusCode == HttpStatusCode.SeeOther, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!.OriginalString;
    }

    private async Task<JsonNode> Clone(BareGateway gateway, string repo, string? name = null, string? path = null, int? line = null)
    {
        var progress = new Uri(gateway.Url, await Post(gateway, repo, name, path, line));
        JsonNode? now = null;
        await Eventually.Is(
            async () =>
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, progress);
                request.Headers.Add("Accept", "application/json");
                using var answer = await _client.SendAsync(request);
                now = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
                return (string)now["status"]! != "running";
            },
            "the clone ends");
        return now!;
    }

    private static string Query(string repo, string? name = null, string? path = null, int? line = null) =>
        $"?repo={Uri.EscapeDataString(repo)}&ref={Uri.EscapeDataString(name ?? "")}&path={Uri.EscapeDataString(path ?? "")}&line={line}";
}
