using System.Globalization;
using Waiide.Gateway.Ide;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Ide;

public sealed class IdeLogsTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 3, 20, 12, 0, 0, DateTimeKind.Utc);

    private readonly TempDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void Old_logs_go_and_the_newest_stay()
    {
        var starts = Enumerable.Range(0, 40).Select(day => Log(Now.AddDays(-day).AddHours(-1))).ToList();

        Assert.Equal(starts[14..], Superfluous("logs")); // Of the last fourteen days, and not more than twenty.
    }

    [Fact]
    public void Of_many_starts_in_a_day_all_stay_because_one_of_them_may_be_running()
    {
        for (var minutes = 1; minutes < 200; minutes++)
        {
            Log(Now.AddMinutes(-minutes));
        }

        Assert.Empty(Superfluous("logs"));
    }

    [Fact]
    public void Large_ones_go_before_their_time_but_never_the_newest()
    {
        Log(Now.AddDays(-2), bytes: 60 << 20);
        var second = Log(Now.AddDays(-3), bytes: 1000);

        Assert.Equal([second], Superfluous("logs"));
    }

    [Fact]
    public void What_VS_Code_has_not_named_and_where_links_lead_is_not_touched()
    {
        Log(Now.AddDays(-1));
        Directory.CreateDirectory(PathOf("logs/my notes"));
        Directory.SetLastWriteTimeUtc(PathOf("logs/my notes"), Now.AddDays(-100));
        Assert.Empty(Superfluous("logs"));

        Directory.Move(PathOf("logs"), PathOf("elsewhere"));
        Directory.CreateSymbolicLink(PathOf("logs"), PathOf("elsewhere"));
        Log(Now.AddDays(-50));
        Assert.Empty(Superfluous("logs"));
    }

    [Fact]
    public void The_files_that_are_written_to_stay()
    {
        foreach (var name in new[] { "code-server-stdout.log", "code-server-stderr.log", "20260101-0000-01-code-server-stdout.log", "20260319-0000-01-code-server-stdout.log" })
        {
            Touch($"code-server/coder-logs/{name}", Now.AddDays(name.StartsWith("202603", StringComparison.Ordinal) ? -1 : -60));
        }

        Assert.Equal([PathOf("code-server/coder-logs/20260101-0000-01-code-server-stdout.log")], Superfluous("coder-logs"));
    }

    [Fact]
    public void Backups_settings_and_the_history_of_files_are_nobodys_business() =>
        Assert.Equal(["CachedExtensionVSIXs", "coder-logs", "logs"], IdeLogs.Of(_data.Path).Select(growth => Path.GetFileName(growth.Folder)).Order(StringComparer.OrdinalIgnoreCase));

    [Fact]
    public async Task A_gateway_prunes_at_its_start()
    {
        var home = new TempDirectory();
        var ide = new StubCodeServer(home.Path, _data.Path);
        File.SetUnixFileMode(_data.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var (old, recent) = (Log(DateTime.UtcNow.AddDays(-90)), Log(DateTime.UtcNow.AddDays(-2)));
        Touch("Backups/workspace/file/unsaved", DateTime.UtcNow.AddDays(-900));
        Touch("User/History/a/entries.json", DateTime.UtcNow.AddDays(-900));

        await using var gateway = await Proxy.BareGateway.StartAsync("/", ("WAIIDE_IDE_COMMAND", ide.Program), ("WAIIDE_DATA_DIR", _data.Path));

        await Eventually.Is(() => !Directory.Exists(old), "the old logs are removed");
        Assert.True(Directory.Exists(recent));
        Assert.True(File.Exists(PathOf("Backups/workspace/file/unsaved")));
        Assert.True(File.Exists(PathOf("User/History/a/entries.json")));
        await gateway.Stop();
        home.Dispose();
    }

    private IEnumerable<string> Superfluous(string folder) =>
        IdeLogs.Superfluous(IdeLogs.Of(_data.Path).Single(growth => Path.GetFileName(growth.Folder) == folder), Now).Select(entry => entry.FullName);

    private string PathOf(string path) => Path.Combine(_data.Path, "user-data", path);

    private string Log(DateTime start, int bytes = 10)
    {
        var folder = PathOf("logs/" + start.ToString("yyyyMMddTHHmmss", CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder + "/exthost1");
        using (var file = File.Create(folder + "/exthost1/remoteexthost.log"))
        {
            file.SetLength(bytes);
        }

        Directory.SetLastWriteTimeUtc(folder, start);
        return folder;
    }

    private void Touch(string path, DateTime written)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), "x");
        File.SetLastWriteTimeUtc(PathOf(path), written);
    }
}
