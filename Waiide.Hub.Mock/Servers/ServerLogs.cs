using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>Keeps what servers print from filling the disk: of each, the hub keeps the last megabytes, in two files.</summary>
internal sealed partial class ServerLogs(HubOptions options, HubState state, TimeProvider clock, ILogger<ServerLogs> logger) : BackgroundService
{
    public const long Limit = 8 * 1024 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Moves what is in a file that is larger than this to the file for earlier output, the last of it at most, and empties it. Its process goes on writing into it,
    /// from its beginning (O_APPEND); what it writes between the two steps is lost.
    /// </summary>
    /// <returns>Whether there was too much.</returns>
    public static bool Bound(string output, long limit)
    {
        using var file = new FileStream(output, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        if (file.Length <= limit)
        {
            return false;
        }

        using (var earlier = new FileStream(ServerFolders.Earlier(output), new FileStreamOptions
        {
            Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OperatingSystem.IsWindows() ? null : UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            // To where it ends now: a server may write as fast as it is copied.
            var buffer = new byte[64 * 1024];
            var left = limit;
            file.Position = file.Length - limit;
            while (left > 0 && file.Read(buffer, 0, (int)Math.Min(left, buffer.Length)) is var read and > 0)
            {
                earlier.Write(buffer, 0, read);
                left -= read;
            }
        }

        file.SetLength(0);
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var server in state.Servers.Where(server => server.ProcessId is not null))
            {
                Look(server);
            }
        }
    }

    private void Look(Server server)
    {
        var output = ServerFolders.Output(server, options.Spawner);
        try
        {
            if (File.Exists(output) && Bound(output, Limit))
            {
                Log.Moved(logger, new LogText(server.LogName), output);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.Grows(logger, new LogText(server.LogName), failure.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "{Server} prints a lot; {Output} begins anew, and the last of what it has printed so far is in a file beside it.")]
        public static partial void Moved(ILogger logger, LogText server, string output);

        [LoggerMessage(Level = LogLevel.Warning, Message = "What {Server} prints cannot be kept short: {Reason}")]
        public static partial void Grows(ILogger logger, LogText server, string reason);
    }
}
