using Aspire.Hosting.Dcp.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp.Containers;

/// <summary>Finds the engine that this run uses: the one that was asked for, else the first of docker and podman that answers. One that does not answer yet is looked at again.</summary>
internal sealed partial class ContainerEngines(IConfiguration configuration, ProcessRun processes, ILogger logger) : IDisposable
{
    private const string Setting = "DcpPublisher:ContainerRuntime";
    private const string Variable = "ASPIRE_CONTAINER_RUNTIME";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(10);

    private static readonly string[] Known = ["docker", "podman"];

    private readonly SemaphoreSlim _turn = new(1, 1);
    private ContainerEngine? _found;
    private bool _told;

    /// <summary>The engine; null: none answers, which is told once, in <see cref="Problem"/>'s words.</summary>
    public async Task<ContainerEngine?> FindAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _found ??= await LookAsync(cancellationToken).ConfigureAwait(false);
            if (_found is null && !_told)
            {
                _told = true;
                Log.None(logger, Problem);
            }

            return _found;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits until there is one.</summary>
    public async Task<ContainerEngine> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await FindAsync(cancellationToken).ConfigureAwait(false) is { } engine)
            {
                return engine;
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Why there is no engine, and what to do.</summary>
    public string Problem { get; private set; } = "";

    public void Dispose() => _turn.Dispose();

    private async Task<ContainerEngine?> LookAsync(CancellationToken cancellationToken)
    {
        var asked = configuration[Setting] ?? configuration[Variable];
        if (asked is { Length: > 0 } && !Known.Contains(asked))
        {
            throw new DistributedApplicationException($"'{asked}' is no container engine: set {Variable} (or --dcp-container-runtime) to docker or podman, or leave it out.");
        }

        var problems = new List<string>();
        foreach (var name in asked is { Length: > 0 } ? [asked] : Known)
        {
            var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(CommandPath.IsExecutable);
            if (path is null)
            {
                problems.Add($"{name} is not installed");
                continue;
            }

            var engine = new ContainerEngine(name, path, processes);
            var answer = await engine.TryAsync(["container", "ls", "-n", "1"], cancellationToken, limit: ProbeLimit).ConfigureAwait(false);
            if (answer.IsSuccess)
            {
                return engine;
            }

            problems.Add($"{name} says: {answer.Complaint}");
        }

        Problem = $"No container engine answers ({string.Join("; ", problems)}). Containers start as soon as one does; everything else runs without.";
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
