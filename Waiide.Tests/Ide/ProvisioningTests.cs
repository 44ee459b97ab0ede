using System.Diagnostics;
using Waiide.Tests.Support;

namespace Waiide.Tests.Ide;

public sealed class ProvisioningTests : IDisposable
{
    private readonly ProvisioningTinyIde _ide = new();
    private readonly TempDirectory _directory = new();

    [Fact]
    public async Task The_first_run_tells_what_it_does_and_the_second_needs_neither_npm_nor_a_second()
    {
        var first = await _ide.Provision();
        Assert.True(first.ExitCode == 0, first.Error);
        Assert.Matches("^ide: installing code-server .* \\(1 kB, once\\)\n", first.Out);
        Assert.Matches($"\nide: ready in \\d+ s \\(\\d+ MB\\) at {first.LastLine}\n", first.Out);
        Assert.DoesNotContain("nobody asked", first.Out + first.Error, StringComparison.Ordinal);
        Assert.True(Directory.Exists(first.LastLine));

        var clock = Stopwatch.StartNew();
        var second = await _ide.Provision(NodeWithoutNpm(), []);
        Assert.True(second.ExitCode == 0, second.Error);
        Assert.Equal(first.LastLine, second.LastLine);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"It took {clock.Elapsed}."); // 0.1 s on an idle machine.

        var where = await _ide.Provision(NodeWithoutNpm(), ["--where"]);
        Assert.Equal(first.LastLine + "\n", where.Out);
        Assert.Empty(where.Error);
    }

    [Fact]
    public async Task Two_boots_that_race_agree_on_one_tree_and_leave_nothing_else()
    {
        var both = await Task.WhenAll(_ide.Provision("--where"), _ide.Provision("--where"));

        Assert.All(both, outcome => Assert.True(outcome.ExitCode == 0, outcome.Error));
        Assert.Equal(both[0].Out, both[1].Out);
        Assert.All(both, outcome => Assert.Contains("installing", outcome.Error, StringComparison.Ordinal)); // Both did the work.
        Assert.Equal([both[0].LastLine], Directory.GetFileSystemEntries(_ide.Cache));
    }

    [Fact]
    public async Task A_missing_npm_is_named_and_nothing_is_left_behind()
    {
        var outcome = await _ide.Provision(NodeWithoutNpm(), ["--where"]);

        Assert.Equal(1, outcome.ExitCode);
        Assert.EndsWith("ide: npm is missing: install it (it comes with Node.js) and have it on the PATH.\n", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Out);
        Assert.Empty(Directory.GetFileSystemEntries(_ide.Cache));
    }

    [Fact]
    public async Task A_server_that_cannot_load_is_not_published()
    {
        _ide.Server("(request, response) => { console.log('no registerHooks here'); process.exit(3); }");

        var outcome = await _ide.Provision();

        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("ide: the IDE server was installed but does not answer: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("no registerHooks here", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_ide.Cache));
    }

    [Fact]
    public async Task What_goes_into_the_tree_decides_where_it_is()
    {
        var before = await _ide.Provision("--where");
        await File.AppendAllTextAsync(Path.Combine(_ide.Folder, "settings.json"), "\n");
        var after = await _ide.Provision("--where");

        Assert.True(after.ExitCode == 0, after.Error);
        Assert.NotEqual(before.LastLine, after.LastLine);
        Assert.Equal(2, Directory.GetFileSystemEntries(_ide.Cache).Length);
    }

    [Fact]
    public async Task An_installation_sweeps_crashed_leftovers_and_trees_that_nothing_used_for_long()
    {
        var crashed = Entry("0123456789abcdef.tmp-AbCdEf", age: TimeSpan.FromDays(2));
        var running = Entry("0123456789abcdef.tmp-GhIjKl", age: TimeSpan.FromHours(2));
        var unused = Entry("aaaaaaaaaaaaaaaa", age: TimeSpan.FromDays(40));
        var recent = Entry("bbbbbbbbbbbbbbbb", age: TimeSpan.FromDays(20));
        var foreign = Entry("notes", age: TimeSpan.FromDays(400));

        var outcome = await _ide.Provision("--where");

        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.False(Directory.Exists(crashed));
        Assert.False(Directory.Exists(unused));
        Assert.True(Directory.Exists(running));
        Assert.True(Directory.Exists(recent));
        Assert.True(Directory.Exists(foreign));

        string Entry(string name, TimeSpan age)
        {
            var folder = Directory.CreateDirectory(Path.Combine(_ide.Cache, name)).FullName;
            File.WriteAllText(Path.Combine(folder, ".ready"), "");
            File.SetLastWriteTimeUtc(Path.Combine(folder, ".ready"), DateTime.UtcNow - age);
            Directory.SetLastWriteTimeUtc(folder, DateTime.UtcNow - age);
            return folder;
        }
    }

    public void Dispose()
    {
        _ide.Dispose();
        _directory.Dispose();
    }

    /// <summary>A PATH on which there is Node.js, and what the launcher needs, but no npm.</summary>
    private string NodeWithoutNpm()
    {
        foreach (var program in new[] { "node", "sh" })
        {
            var found = Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, program)).First(File.Exists);
            if (!File.Exists(Path.Combine(_directory.Path, program)))
            {
                File.CreateSymbolicLink(Path.Combine(_directory.Path, program), found);
            }
        }

        return _directory.Path;
    }
}
