using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp.Processes;

/// <summary>Starts the processes of one AppHost run and sees to it that none of them outlives it.</summary>
internal sealed class ProcessRun : IAsyncDisposable
{
    private const string RunVariable = "ASPIRE_RUN_ID";
    private const string ResourceVariable = "ASPIRE_RESOURCE_ID";

    private readonly string _id = Guid.NewGuid().ToString("n");
    private readonly string _setsid;
    private readonly Guard _guard;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<OwnedProcess, byte> _processes = new();
    private bool _disposed;

    private ProcessRun(string setsid, ILogger logger)
    {
        _setsid = setsid;
        _logger = logger;
        _guard = Guard.Start(setsid, Marker, Folder, logger);
    }

    /// <summary>A folder for files of this run that nobody else may read: made by whoever needs it, removed when the run ends, however it does.</summary>
    public string Folder => Path.Combine(Path.GetTempPath(), "aspire-" + _id);

    private string Marker => $"{RunVariable}={_id}";

    public static ProcessRun Start(ILogger logger)
    {
        var setsid = (Environment.GetEnvironmentVariable("PATH") + ":/usr/bin:/bin").Split(':').Select(folder => Path.Combine(folder, "setsid")).FirstOrDefault(CommandPath.IsExecutable)
            ?? throw new ProcessStartException("The program 'setsid' is missing; install the package util-linux.");
        return new ProcessRun(setsid, logger);
    }

    public Task<OwnedProcess> StartAsync(ProcessSpec spec, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_disposed, this);

        var resourceId = Guid.NewGuid().ToString("n");
        var start = new ProcessStartInfo(_setsid)
        {
            WorkingDirectory = spec.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add(CommandPath.Resolve(spec));
        foreach (var argument in spec.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in spec.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment[RunVariable] = _id;
        start.Environment[ResourceVariable] = resourceId;

        // setsid becomes the command, under the same id, in a session of its own: Ctrl+C in our terminal does not reach it, and its group is it and its children.
        var root = new Process { StartInfo = start };
        try
        {
            root.Start();
        }
        catch (Win32Exception exception)
        {
            throw new ProcessStartException($"'{spec.ResourceId}' could not be started: {exception.Message}.", exception);
        }

        _guard.Add(root.Id);
        root.StandardInput.Close();
        var process = new OwnedProcess(root, spec, $"{ResourceVariable}={resourceId}", _logger);
        _processes.TryAdd(process, default);
        _ = ForgetWhenEndedAsync(process);
        return Task.FromResult(process);
    }

    /// <summary>Stops what runs; the guard, at its own end, also ends what has left its resource.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, true))
        {
            return;
        }

        await Task.WhenAll(_processes.Keys.Select(process => process.StopAsync(CancellationToken.None))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _guard.DisposeAsync();
    }

    private async Task ForgetWhenEndedAsync(OwnedProcess process)
    {
        await ((Task)process.Exited).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _guard.Remove(process.Id);
        _processes.TryRemove(process, out _);
    }
}
