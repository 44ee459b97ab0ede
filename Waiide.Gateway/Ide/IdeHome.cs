using System.Collections;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Waiide.Gateway.Ide;

/// <summary>What a supervised IDE needs around it: its folders, a command that exists, a free port or socket, and nothing left of an earlier run.</summary>
internal sealed partial class IdeHome(GatewayOptions options, IdeAddress address, ILogger<IdeHome> logger)
{
    private const UnixFileMode OnlyMe = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(0.5);

    private readonly string _mark = Run.NewMark();
    private readonly HashSet<(int Id, long Started)> _asked = [];
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The mark of the run that has to be ended. The data directory is locked by its gateway, so nobody else reads or writes this meanwhile.
    private string MarkFile => Path.Combine(options.DataDirectory, "run-mark");

    /// <summary>Done when nothing runs any more that an earlier gateway has started.</summary>
    public Task Entered => _entered.Task;

    /// <summary>Ends what a gateway that was killed left running with this data directory.</summary>
    public async Task EnterAsync()
    {
        Directory.CreateDirectory(options.DataDirectory, OnlyMe);
        if (File.Exists(MarkFile) && Guid.TryParseExact(await File.ReadAllTextAsync(MarkFile), "N", out var id))
        {
            var leftover = id.ToString("N");
            Log.Leftover(logger, Run.Find(leftover).Count);
            await Run.EndAsync(leftover, Grace);
            RemoveSocket(leftover);
        }

        await File.WriteAllTextAsync(MarkFile, _mark);
        _entered.SetResult();
    }

    /// <summary>Makes everything ready and returns the line to start; throws <see cref="IdeException"/> with what is in the way.</summary>
    public IdeCommand Prepare()
    {
        if (!IdeCommand.IsOnPath(options.IdeCommand, Environment.GetEnvironmentVariable("PATH")))
        {
            throw new IdeException(options.IdeCommand.Contains('/')
                ? $"There is no program {options.IdeCommand}: set WAIIDE_IDE_COMMAND to the path of code-server."
                : $"{options.IdeCommand} is not on the PATH: install code-server, or set WAIIDE_IDE_COMMAND to its path.");
        }

        Make(IdeArguments.UserData(options.DataDirectory), "WAIIDE_DATA_DIR");
        Make(options.Workspace, "WAIIDE_WORKSPACE");
        string? socket = null;
        if (options.VscodePort is { } port)
        {
            CheckPort(port);
            address.Set(new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", port).Uri);
        }
        else
        {
            socket = SocketOf(_mark);
            SocketFile.Prepare(socket);
            address.SetSocket(socket);
        }

        return IdeCommand.For(options, socket, Variables());
    }

    /// <summary>What each process of this run uses: the IDE server, its extension hosts, and whatever was started in its terminals.</summary>
    public IReadOnlyList<ProcessUse> Measure(Bystanders? bystanders = null) => [.. Run.Find(_mark, bystanders).Select(ProcessUse.Of).OfType<ProcessUse>()];

    /// <summary>Ends one process of this run, if it is still the one that was measured: asked first, killed where it does not listen the next time.</summary>
    public void End(ProcessUse process)
    {
        if (ProcessUse.Of(process.Id)?.Started == process.Started)
        {
            Run.End(process.Id, kill: !_asked.Add((process.Id, process.Started)));
        }
    }

    /// <summary>Starts a program for the user beside the IDE: in a session of its own, with what a terminal of the IDE would see around it, and ended with this run.</summary>
    public Process StartBeside(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> more) => Run.Start(new IdeCommand(
        program, arguments, Variables().Concat(more).GroupBy(variable => variable.Key, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.Last().Value, StringComparer.Ordinal)));

    /// <summary>Ends every process of this run that is left, such as what was started in terminals.</summary>
    public async Task LeaveAsync()
    {
        await Run.EndAsync(_mark, Grace);
        RemoveSocket(_mark);
        File.Delete(MarkFile);
        Log.Left(logger);
    }

    private IReadOnlyDictionary<string, string> Variables() => IdeEnvironment.From(
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(variable => KeyValuePair.Create((string)variable.Key, (string)variable.Value!)), _mark, options.Prefix, options.AllComponents);

    private void RemoveSocket(string mark)
    {
        if (options.VscodePort is null)
        {
            SocketFile.Remove(SocketOf(mark));
        }
    }

    private string SocketOf(string mark) => SocketFile.PathFor(options.DataDirectory, Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR"), mark);

    private static void Make(string directory, string setting)
    {
        try
        {
            Directory.CreateDirectory(directory, OnlyMe);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IdeException($"The folder {directory} cannot be made ({failure.Message}): set {setting} to one that {Environment.UserName} may write to.", failure);
        }
    }

    // Found out beforehand, because whatever else listens there must not be taken for the IDE.
    private static void CheckPort(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException failure)
        {
            throw new IdeException($"Port {port} cannot be used for the IDE server ({failure.Message}): free it, or set VSCODE_PORT to another one.", failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The gateway that had this data directory before was killed; {Count} processes that it left behind are ended now.")]
        public static partial void Leftover(ILogger logger, int count);

        [LoggerMessage(Level = LogLevel.Information, Message = "The IDE server and everything it started have ended.")]
        public static partial void Left(ILogger logger);
    }
}
