using Aspire.Hosting.Dcp.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp.Containers;

/// <summary>Finds the engine that this run uses: the one that was asked for, else the first of docker and podman that answers. One that does not answer yet is looked at again.</summary>
internal sealed partial class ContainerEngines : IAsyncDisposable
{
    private const string Setting = "DcpPublisher:ContainerRuntime";
    private const string Variable = "ASPIRE_CONTAINER_RUNTIME";

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private static readonly string[] Known = ["docker", "podman"];

    private readonly ProcessRun _processes;
    private readonly ILogger _logger;
    private readonly string[] _names;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ending = new();
    private Task<ContainerEngine?> _looking = Task.FromResult<ContainerEngine?>(null);
    private Task<ContainerEngine>? _waiting;
    private ContainerEngine? _chosen;
    private bool _told;

    public ContainerEngines(IConfiguration configuration, ProcessRun processes, ILogger logger)
    {
        _processes = processes;
        _logger = logger;
        _names = (configuration[Setting] ?? configuration[Variable]) switch
        {
            null or "" => Known,
            { } asked when Known.Contains(asked) => [asked],
            { } asked => throw new DistributedApplicationException($"'{asked}' is no container engine: set {Variable} (or --dcp-container-runtime) to docker or podman, or leave it out."),
        };
    }

    /// <summary>The engine; null: none answers at the moment, which is told once, in <see cref="Problem"/>'s words. Once chosen it stays the same. Whoever asks while somebody looks gets the same answer.</summary>
    public Task<ContainerEngine?> FindAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_looking.IsCompleted)
            {
                _looking = Task.Run(LookAsync, _ending.Token);
            }

            return _looking.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until there is one: one loop for all who wait.</summary>
    public Task<ContainerEngine> WaitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_waiting is null or { IsCompleted: true })
            {
                _waiting = Task.Run(LookUntilFoundAsync, _ending.Token);
            }

            return _waiting.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Why there is no engine, and what to do.</summary>
    public string Problem { get; private set; } = "";

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await ((Task)_looking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (_waiting as Task ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task<ContainerEngine> LookUntilFoundAsync()
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (await FindAsync(_ending.Token).ConfigureAwait(false) is { } engine)
            {
                return engine;
            }

            await Task.Delay(pause, _ending.Token).ConfigureAwait(false);
        }
    }

    private async Task<ContainerEngine?> LookAsync()
    {
        var problems = new List<string>();
        foreach (var name in _chosen is null ? _names : [_chosen.Name])
        {
            var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(CommandPath.IsExecutable);
            if (path is null)
            {
                problems.Add($"{name} is not installed");
                continue;
            }

            var engine = _chosen ?? new ContainerEngine(name, path, _processes);
            if (await engine.ComplaintAsync(_ending.Token).ConfigureAwait(false) is not { } complaint)
            {
                return _chosen = engine;
            }

            problems.Add($"{name} says: {complaint}");
        }

        Problem = $"No container engine answers ({string.Join("; ", problems)}). Containers start as soon as one does; everything else runs without.";
        if (!_told)
        {
            _told = true;
            Log.None(_logger, Problem);
        }

        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
        public static partial void None(ILogger logger, string problem);
    }
}

/// <summary>No engine answers; <paramref name="engines"/> knows when one does.</summary>
internal sealed class ContainerEngineUnavailableException(ContainerEngines engines) : DistributedApplicationException(engines.Problem)
{
    public ContainerEngines Engines => engines;
}
