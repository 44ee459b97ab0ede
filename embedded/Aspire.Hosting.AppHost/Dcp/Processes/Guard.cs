using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp.Processes;

/// <summary>The process that outlives us, if only by seconds: it ends what we started, and removes the run's folder, when the pipe from us closes, whatever the reason.</summary>
internal sealed partial class Guard : IAsyncDisposable
{
    private static readonly string Script = ReadScript();

    private readonly ProcessStartInfo _start;
    private readonly ILogger _logger;
    private readonly HashSet<int> _sessions = [];
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _watch;
    private Process _process;

    private Guard(ProcessStartInfo start, ILogger logger)
    {
        _start = start;
        _logger = logger;
        _process = StartProcess();
        _watch = Task.Run(WatchAsync);
    }

    public static Guard Start(string setsid, string marker, string folder, ILogger logger)
    {
        var start = new ProcessStartInfo(setsid, ["sh", "-c", Script, "aspire-guard", marker, folder])
        {
            WorkingDirectory = "/",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Nothing of our own environment: within another run's terminal, that run's marker would make the guard its prey.
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C";
        return new Guard(start, logger);
    }

    public void Add(int session)
    {
        lock (_sessions)
        {
            _sessions.Add(session);
            Tell('+', session);
        }
    }

    public void Remove(int session)
    {
        lock (_sessions)
        {
            _sessions.Remove(session);
            Tell('-', session);
        }
    }

    /// <summary>Lets the guard end what is left of the run, and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        lock (_sessions)
        {
            _process.StandardInput.Close();
        }

        await _watch;
        _process.Dispose();
        _ending.Dispose();
    }

    // A guard that was killed leaves the run without protection, so another takes its place.
    private async Task WatchAsync()
    {
        while (true)
        {
            await _process.WaitForExitAsync();
            if (_ending.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (_sessions)
            {
                _process.Dispose();
                _process = StartProcess();
                foreach (var session in _sessions)
                {
                    Tell('+', session);
                }

                if (_ending.IsCancellationRequested)
                {
                    _process.StandardInput.Close();
                }
            }

            Log.Replaced(_logger);
        }
    }

    private Process StartProcess()
    {
        var process = Process.Start(_start)!;
        process.StandardOutput.Close(); // It writes nothing.
        process.StandardError.Close();
        return process;
    }

    private void Tell(char sign, int session)
    {
        try
        {
            _process.StandardInput.BaseStream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{sign}{session}\n")));
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The guard is gone; its successor is told everything.
        }
    }

    private static string ReadScript()
    {
        using var script = new StreamReader(typeof(Guard).Assembly.GetManifestResourceStream("guard.sh")!);
        return script.ReadToEnd();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The process that guards this run was ended from outside; another has taken its place.")]
        public static partial void Replaced(ILogger logger);
    }
}
