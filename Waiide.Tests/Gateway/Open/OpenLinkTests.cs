using Waiide.Gateway;
using Waiide.Gateway.Open;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Open;

public class OpenLinkTests
{
    [Theory]
    [InlineData("https://github.com/octocat/Hello-World", "Hello-World")]
    [InlineData("https://github.com/octocat/Hello-World.git", "Hello-World")]
    [InlineData("https://git.example.org:8443/a/b/c/", "c")]
    [InlineData("http://localhost:3000/x%20y", "x-y")]
    [InlineData("https://example.org/~ada/.ssh", "ssh")]
    [InlineData("https://example.org/~ada/bin", "bin-repository")]
    [InlineData("https://example.org/~ada/.bin.git", "bin-repository")]
    [InlineData("https://example.org/node_modules", "node_modules-repository")]
    [InlineData("https://example.org/binary", "binary")]
    [InlineData("https://example.org/.git", null)]
    [InlineData("https://example.org/..%2f..%2fetc", "etc")]
    [InlineData("https://example.org/", null)]
    public void A_repository_gets_a_folder_of_its_name_that_is_never_hidden(string repo, string? folder)
    {
        if (folder is null)
        {
            Assert.Throws<OpenException>(() => Read(repo));
        }
        else
        {
            Assert.Equal(folder, Read(repo).FolderName);
        }
    }

    [Theory]
    [InlineData("git@github.com:octocat/Hello-World")]
    [InlineData("ssh://git@github.com/octocat/Hello-World")]
    [InlineData("ssh://-oProxyCommand=id/x")]
    [InlineData("ext::sh -c id")]
    [InlineData("file:///etc")]
    [InlineData("/etc")]
    [InlineData("--upload-pack=id")]
    [InlineData("-u")]
    [InlineData("https://")]
    [InlineData("https://ada:secret@example.org/x")]
    [InlineData("https://token@example.org/x")]
    [InlineData("https://example.org/x?private_token=secret")]
    [InlineData("https://example.org/x#y")]
    [InlineData("https://example.org/x y")]
    [InlineData("https://example.org/x\ny")]
    [InlineData("https://exämple.org/x")]
    [InlineData("javascript:alert(1)//x")]
    public void Nothing_else_is_a_repository(string repo)
    {
        var problem = Assert.Throws<OpenException>(() => Read(repo)).Message;
        Assert.DoesNotContain("secret", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("main", true)]
    [InlineData("feature/login-2", true)]
    [InlineData("v1.0.0+build", true)]
    [InlineData("0123456789abcdef0123456789abcdef01234567", true)]
    [InlineData("--upload-pack=id", false)]
    [InlineData("-b", false)]
    [InlineData("a..b", false)]
    [InlineData("a b", false)]
    [InlineData("a\nb", false)]
    [InlineData("a@{1}", false)]
    [InlineData("a^", false)]
    [InlineData("a:b", false)]
    [InlineData("a.lock", false)]
    [InlineData("a/", false)]
    [InlineData("$(id)", false)]
    public void A_ref_is_a_plain_name(string name, bool isGood) => Good(isGood, ("repo", Repo), ("ref", name));

    [Theory]
    [InlineData("src/main.py", true)]
    [InlineData("a b/c.txt", true)]
    [InlineData("...", true)]
    [InlineData("../x", false)]
    [InlineData("a/../../x", false)]
    [InlineData("a/..", false)]
    [InlineData("/etc/passwd", false)]
    [InlineData("a\\..\\b", false)]
    [InlineData("a\nb", false)]
    public void A_path_stays_in_the_repository(string path, bool isGood) => Good(isGood, ("repo", Repo), ("path", path));

    [Theory]
    [InlineData("1", true)]
    [InlineData("4000", true)]
    [InlineData("0", false)]
    [InlineData("-1", false)]
    [InlineData("1e3", false)]
    [InlineData("99999999999", false)]
    public void A_line_is_a_number(string line, bool isGood) => Good(isGood, ("path", "a"), ("line", line));

    [Fact]
    public void A_ref_alone_names_nothing() => Good(false, ("path", "a"), ("ref", "main"));

    [Fact]
    public void Empty_values_are_missing_ones() => Assert.True(OpenLink.Read(_ => " ").IsEmpty);

    [Fact]
    public void A_link_in_a_folder_may_not_lead_out_of_it()
    {
        using var folder = new TempDirectory();
        Directory.CreateDirectory(Path.Combine(folder.Path, "repo", "src"));
        Directory.CreateDirectory(Path.Combine(folder.Path, "repository"));
        File.WriteAllText(Path.Combine(folder.Path, "repo", "src", "a"), "");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "repo", "inside"), "src/a");
        File.CreateSymbolicLink(Path.Combine(folder.Path, "repo", "passwd"), "/etc/passwd");
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "repo", "out"), folder.Path);
        var repo = Path.Combine(folder.Path, "repo");

        Assert.Equal(Path.Combine(repo, "src/a"), RealPath.Within(repo, "src/a"));
        Assert.Equal(Path.Combine(repo, "src"), RealPath.Within(repo, "src/"));
        Assert.Equal(Path.Combine(repo, "inside"), RealPath.Within(repo, "inside"));
        Assert.All(["passwd", "out", "out/repo/src/a/../../../../x", "out/repository", "../repository", "missing", "/etc/passwd"], path => Assert.Null(RealPath.Within(repo, path)));
    }

    [Theory]
    [InlineData("https://github.com/octocat/Hello-World", true)]
    [InlineData("https://GITHUB.com/octocat/Hello-World.git", true)]
    [InlineData("https://ada@github.com/octocat/Hello-World/", true)]
    [InlineData("https://github.com/octocat/Hello-World2", false)]
    [InlineData("https://github.org/octocat/Hello-World", false)]
    [InlineData("git@github.com:octocat/Hello-World.git", false)]
    public void A_clone_is_known_by_where_it_comes_from(string remote, bool isSame) => Assert.Equal(isSame, Clones.IsSame(remote, new Uri("https://github.com/octocat/Hello-World")));

    [Fact]
    public void The_address_holds_up_against_odd_names() => Assert.Equal(
        "/user/ada/?folder=/work/a%26b%20c&payload=%5B%5B%22openFile%22%2C%22vscode-remote%3A%2F%2Fhub.example.org%3A8000%2Fwork%2Fa%2526b%2520c%2F%2522%2523.txt%3A12%22%5D%2C%5B%22gotoLineMode%22%2C%22true%22%5D%5D",
        IdeLocation.Of("/user/ada/", "hub.example.org:8000", "/work/a&b c", "/work/a&b c/\"#.txt", 12));

    [Fact]
    public void A_folder_is_the_persons_own_in_the_workspace_and_in_nothing_that_a_link_has_brought()
    {
        using var home = new TempDirectory();
        var work = Path.Combine(home.Path, "work");
        foreach (var folder in new[] { "work/own/.git", "work/letters/.git", "work/letters/src", "workshop" })
        {
            Directory.CreateDirectory(Path.Combine(home.Path, folder));
        }

        FromLink.Mark(Path.Combine(work, "letters"));
        Directory.CreateSymbolicLink(Path.Combine(home.Path, "way"), work);
        Directory.CreateSymbolicLink(Path.Combine(work, "in"), Path.Combine(work, "letters"));
        Directory.CreateSymbolicLink(Path.Combine(work, "out"), Path.Combine(home.Path, "workshop"));

        Assert.All(["", "/", "/own", "/own/", "/letters/../own"], folder => Assert.True(FromLink.IsOwn(work + folder, work), folder));
        Assert.True(FromLink.IsOwn(home.Path + "/way/own", work));
        Assert.True(FromLink.IsOwn(work, home.Path + "/way"));
        Assert.All(["/letters", "/letters/src", "/letters/", "/own/../letters", "/in", "/in/src", "/out", "shop", "/..", "/missing"], folder => Assert.False(FromLink.IsOwn(work + folder, work), folder));
        Assert.All(["", "own", "vscode-remote://x" + work], folder => Assert.False(FromLink.IsOwn(folder, work), folder));
    }

    private const string Repo = "https://github.com/octocat/Hello-World";

    private static OpenLink Read(string repo) => OpenLink.Read(name => name == "repo" ? repo : null);

    private static void Good(bool isGood, params (string Name, string Value)[] values)
    {
        var problem = Record.Exception(() => OpenLink.Read(name => values.FirstOrDefault(value => value.Name == name).Value));
        Assert.Equal(isGood, problem is null);
        Assert.True(problem is null or OpenException);
    }
}
