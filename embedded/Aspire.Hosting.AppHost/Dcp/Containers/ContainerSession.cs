using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp.Processes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp.Containers;

/// <summary>What all containers of one run share: the engine, the network, and their end with the run.</summary>
internal sealed partial class ContainerSession : IAsyncDisposable
{
    /// <summary>On everything that ends with the run.</summary>
    private const string RunLabel = "aspire.run";

    /// <summary>On every container: the AppHost that it belongs to.</summary>
    public const string ApplicationLabel = "aspire.application";

    /// <summary>On every container: what <see cref="ContainerSpec.Hash"/> was when it was made.</summary>
    public const string SpecLabel = "aspire.spec";

    private const string AppHostSuffix = ".AppHost";
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(30);

    private readonly ProcessRun _processes;
    private readonly ILogger _logger;
    private readonly string? _hostName;
    private ContainerEngine? _engine;

    public ContainerSession(bool hasPersistent, string appHostPath, IConfiguration configuration, IHostEnvironment environment, ProcessRun processes, ILogger logger)
    {
        _processes = processes;
        _logger = logger;
        _hostName = configuration["AppHost:ContainerHostname"];
        Engines = new ContainerEngines(configuration, processes, logger);
        ApplicationId = IdOf(appHostPath);
        var name = NotAllowedInNames().Replace(environment.ApplicationName.EndsWith(AppHostSuffix, StringComparison.Ordinal) ? environment.ApplicationName[..^AppHostSuffix.Length] : environment.ApplicationName, "-");
        Network = hasPersistent
            ? new ContainerNetwork($"aspire-persistent-network-{ApplicationId}-{name}", [$"{ApplicationLabel}={ApplicationId}"])
            : new ContainerNetwork($"aspire-session-network-{processes.Id[..8]}-{name}", [$"{RunLabel}={processes.Id}"]);
    }

    public ContainerEngines Engines { get; }

    public ContainerNetwork Network { get; }

    /// <summary>The same for every run of the AppHost.</summary>
    public string ApplicationId { get; }

    /// <summary>What persistent containers of an AppHost are called after.</summary>
    public static string IdOf(string appHostPath) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(appHostPath)))[..8];

    /// <summary>The engine, ready for use: from now on the guard knows it.</summary>
    public async Task<ContainerEngine> BeginAsync(CancellationToken cancellationToken)
    {
        var engine = await Engines.FindAsync(cancellationToken).ConfigureAwait(false) ?? throw new ContainerEngineUnavailableException(Engines);
        if (Interlocked.CompareExchange(ref _engine, engine, null) is null)
        {
            _processes.GuardContainers(engine.Path);
        }

        return engine;
    }

    public string[] LabelsOf(ContainerSpec spec, bool isPersistent) =>
        [$"{ApplicationLabel}={ApplicationId}", $"{SpecLabel}={spec.Hash}", .. isPersistent ? [] : (string[])[$"{RunLabel}={_processes.Id}"]];

    /// <summary>Where containers find an endpoint of this machine.</summary>
    public async Task<(string Host, int Port)> WayToAsync(AllocatedEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (_hostName is { Length: > 0 })
        {
            return (_hostName, endpoint.Port);
        }

        var engine = _engine ?? await BeginAsync(cancellationToken).ConfigureAwait(false);
        var backend = new IPEndPoint(IPAddress.Loopback, int.Parse(endpoint.TargetPortExpression!, CultureInfo.InvariantCulture));
        return (ContainerNetwork.HostName, await Network.OpenWayAsync(engine, endpoint.Port, () => backend, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Removes what ends with the run; its containers have been stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_engine is { } engine)
        {
            using var limit = new CancellationTokenSource(RemovalLimit);
            try
            {
                await RemoveAsync(engine, limit.Token).ConfigureAwait(false);
                _processes.GuardContainers("");
            }
            catch (Exception exception) when (exception is ContainerEngineException or OperationCanceledException)
            {
                Log.NotRemoved(_logger, $"{RunLabel}={_processes.Id}", exception.Message);
            }
        }

        await Network.DisposeAsync().ConfigureAwait(false);
        await Engines.DisposeAsync().ConfigureAwait(false);
    }

    private async Task RemoveAsync(ContainerEngine engine, CancellationToken cancellationToken)
    {
        var own = $"label={RunLabel}={_processes.Id}";
        var containers = await engine.AskAsync(["ps", "-aq", "--filter", own], cancellationToken).ConfigureAwait(false);
        if (containers.Length > 0)
        {
            await engine.AskAsync(["rm", "-f", "-v", .. containers.Split('\n')], cancellationToken).ConfigureAwait(false);
        }

        var networks = await engine.AskAsync(["network", "ls", "-q", "--filter", own], cancellationToken).ConfigureAwait(false);
        if (networks.Length > 0)
        {
            await engine.AskAsync(["network", "rm", .. networks.Split('\n')], cancellationToken).ConfigureAwait(false);
        }
    }

    [GeneratedRegex("[^A-Za-z0-9_.-]")]
    private static partial Regex NotAllowedInNames();

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Containers or networks with the label {Label} may be left: {Reason}")]
        public static partial void NotRemoved(ILogger logger, string label, string reason);
    }
}
