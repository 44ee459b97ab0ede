using System.Text.RegularExpressions;

namespace Waiide.Gateway.Ide;

/// <summary>
/// Keeps what the IDE server writes for ever within bounds: a folder of logs for each of its starts, and caches of what can be fetched again. Settings, the local history of files
/// and backups of what was not saved are the user's, and never looked at.
/// </summary>
internal sealed partial class IdeLogs(GatewayOptions options, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<IdeLogs> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(12);

    // Of today, so perhaps of the server that runs; whoever looks for the cause of a trouble wants to find it, too.
    private static readonly TimeSpan TooYoung = TimeSpan.FromDays(1);

    /// <summary>Something that grows: what is directly in <paramref name="Folder"/> and has such a name is kept up to a number, a size and an age; the newest always.</summary>
    internal sealed record Growth(string Folder, Regex Name, int Number, long Bytes, TimeSpan Age);

    internal static IReadOnlyList<Growth> Of(string dataDirectory)
    {
        var userData = IdeArguments.UserData(dataDirectory);
        return
        [
            new(Path.Combine(userData, "logs"), StartTime(), 20, 50 << 20, TimeSpan.FromDays(14)),
            new(Path.Combine(userData, "code-server", "coder-logs"), OldLogFile(), 10, 50 << 20, TimeSpan.FromDays(14)),
            new(Path.Combine(userData, "CachedExtensionVSIXs"), AnyName(), 50, 200 << 20, TimeSpan.FromDays(30)),
        ];
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lifetime.ListeningAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            foreach (var growth in Of(options.DataDirectory))
            {
                Prune(growth);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Prune(Growth growth)
    {
        try
        {
            if (Superfluous(growth, clock.GetUtcNow().UtcDateTime) is { Count: > 0 } superfluous)
            {
                foreach (var entry in superfluous)
                {
                    Delete(entry);
                }

                Log.Pruned(logger, superfluous.Count, growth.Folder);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.CannotPrune(logger, growth.Folder, failure.Message);
        }
    }

    /// <summary>What has to go. A link is not followed: what it leads to is somebody else's.</summary>
    internal static IReadOnlyList<FileSystemInfo> Superfluous(Growth growth, DateTime now)
    {
        var folder = new DirectoryInfo(growth.Folder);
        if (!folder.Exists || folder.LinkTarget is not null)
        {
            return [];
        }

        var kept = 0L;
        return
        [
            .. folder.EnumerateFileSystemInfos().Where(entry => growth.Name.IsMatch(entry.Name)).OrderByDescending(entry => entry.LastWriteTimeUtc)
                .Select((entry, index) => (Entry: entry, Index: index, Bytes: kept += SizeOf(entry)))
                .Where(known => known.Index > 0 && known.Entry.LastWriteTimeUtc < now - TooYoung
                    && (known.Index >= growth.Number || known.Bytes > growth.Bytes || known.Entry.LastWriteTimeUtc < now - growth.Age))
                .Select(known => known.Entry),
        ];
    }

    private static long SizeOf(FileSystemInfo entry) => entry switch
    {
        { LinkTarget: not null } => 0,
        FileInfo file => file.Length,
        DirectoryInfo directory => directory.EnumerateFiles("*", Everything).Sum(file => file.Length),
        _ => 0,
    };

    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };

    private static void Delete(FileSystemInfo entry)
    {
        if (entry is DirectoryInfo { LinkTarget: null } directory)
        {
            directory.Delete(recursive: true); // Links in it are removed, not followed.
        }
        else
        {
            entry.Delete();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Count} old entries of {Folder} were removed.")]
        public static partial void Pruned(ILogger logger, int count, string folder);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Folder} cannot be kept small: {Problem}")]
        public static partial void CannotPrune(ILogger logger, string folder, string problem);
    }

    // "20261122T052014"
    [GeneratedRegex(@"^[0-9]{8}T[0-9]{6}\z")]
    private static partial Regex StartTime();

    // Not the two that are written to.
    [GeneratedRegex(@"^(?!code-server-std(out|err)\.log\z).*\.log(\.gz)?\z")]
    private static partial Regex OldLogFile();

    [GeneratedRegex("^[^.]")]
    private static partial Regex AnyName();
}
