using System.Globalization;
using System.Text;

namespace Aspire.Hosting.Dcp.Processes;

/// <summary>Notices that the `dotnet run` which started this AppHost was killed: it takes signals along with it, but not SIGKILL.</summary>
internal sealed class ParentWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly int _parent;
    private readonly Action _gone;
    private readonly Timer _timer;

    private ParentWatch(int parent, Action gone)
    {
        _parent = parent;
        _gone = gone;
        _timer = new Timer(_ => Look(), null, Interval, Interval);
    }

    /// <summary>Calls <paramref name="gone"/> once, within a second or so of the parent's end. Null when the parent is something else, whose end means nothing (a shell, a service, an IDE).</summary>
    public static ParentWatch? Start(Action gone)
    {
        var parent = Posix.ParentId();
        return IsDotnetRun(CommandLine(parent)) ? new ParentWatch(parent, gone) : null;
    }

    // "dotnet", "run", "--project", "App.AppHost"; options of the dotnet command itself may stand before the word.
    internal static bool IsDotnetRun(string[] commandLine) =>
        commandLine.Length > 0
        && Path.GetFileName(commandLine[0]) == "dotnet"
        && commandLine.Skip(1).FirstOrDefault(argument => !argument.StartsWith('-')) is "run";

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        // An orphan gets another parent at once.
        if (Posix.ParentId() != _parent && _timer.Change(Timeout.Infinite, Timeout.Infinite))
        {
            _gone();
        }
    }

    private static string[] CommandLine(int process)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/cmdline"))).Split('\0');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
