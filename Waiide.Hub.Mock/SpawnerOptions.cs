namespace Waiide.Hub.Mock;

/// <summary>How servers are started and stopped (Hub:Spawner:*); names and defaults are JupyterHub's (reference: "Spawners").</summary>
internal sealed record SpawnerOptions
{
    /// <summary>Hub:Spawner:Cmd: the program and its first arguments; empty: Waiide.Gateway, which supervises the IDE.</summary>
    public IReadOnlyList<string> Cmd { get; init; } = [];

    /// <summary>Hub:Spawner:Args: further arguments.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Hub:Spawner:Environment:NAME=value: set last, so that it wins.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Hub:Spawner:EnvKeep: the hub's own variables that servers inherit.</summary>
    public IReadOnlyList<string> EnvKeep { get; init; } = ["PATH", "PYTHONPATH", "CONDA_ROOT", "CONDA_DEFAULT_ENV", "VIRTUAL_ENV", "LANG", "LC_ALL", "JUPYTERHUB_SINGLEUSER_APP"];

    /// <summary>Hub:Spawner:DeniedPorts: ports of this machine, besides the hub's own, that a gateway which the hub starts refuses at /proxy/.</summary>
    public IReadOnlyList<string> DeniedPorts { get; init; } = [];

    /// <summary>Hub:Spawner:TelemetryHeaders: whether a gateway that the hub starts gets the OTEL_*_HEADERS of the hub, and with them the key to the receiver of telemetry, which its user can read and send anything with. Without, where there are such, it sends nothing.</summary>
    public bool TelemetryHeaders { get; init; }

    /// <summary>Hub:Spawner:Ip: the address that servers are told to listen on.</summary>
    public string Ip { get; init; } = "127.0.0.1";

    /// <summary>Hub:Spawner:HubConnectUrl: where servers reach the hub's API port, when that is not where the hub listens; null: Hub:Address and Hub:ApiPort.</summary>
    public Uri? HubConnectUrl { get; init; }

    /// <summary>Hub:Spawner:Folder: beneath it each server has a folder for what it keeps and prints, and each user a home where <see cref="Home"/> says nothing.</summary>
    public string Folder { get; init; } = "";

    /// <summary>Hub:Spawner:Home: each server's home and working directory; {username} and {servername} are filled in. Null: one for each user in <see cref="Folder"/>; with a Cmd, the hub's own.</summary>
    public string? Home { get; init; }

    /// <summary>Hub:Spawner:HttpTimeout, in seconds: how long a started process may take until it answers.</summary>
    public TimeSpan HttpTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Hub:Spawner:SlowSpawnTimeout, in seconds: how long a request waits for a start before it hears "pending".</summary>
    public TimeSpan SlowSpawnTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Hub:Spawner:SlowStopTimeout, in seconds: the same for a stop.</summary>
    public TimeSpan SlowStopTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Hub:Spawner:InterruptTimeout, in seconds: from SIGINT to SIGTERM.</summary>
    public TimeSpan InterruptTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Hub:Spawner:TermTimeout, in seconds: from SIGTERM to SIGKILL.</summary>
    public TimeSpan TermTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Hub:Spawner:KillTimeout, in seconds: from SIGKILL to giving up.</summary>
    public TimeSpan KillTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Hub:Spawner:PollInterval, in seconds: how often a running server's process is looked for.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Hub:Spawner:MemLimit: bytes, or with K, M, G, T; null: none.</summary>
    public long? MemLimit { get; init; }

    /// <summary>Hub:Spawner:CpuLimit: processors, such as 1.5; null: none.</summary>
    public double? CpuLimit { get; init; }

    /// <summary>Hub:AllowNamedServers: whether users may have more servers than the default one.</summary>
    public bool AllowNamedServers { get; init; } = true;

    /// <summary>Hub:NamedServerLimitPerUser; 0: no limit, which is JupyterHub's default. Here nobody's mistake or mischief is to fill the machine.</summary>
    public int NamedServerLimitPerUser { get; init; } = 20;

    /// <summary>Hub:ConcurrentSpawnLimit: how many servers may be starting at the same time; 0: no limit.</summary>
    public int ConcurrentSpawnLimit { get; init; } = 100;

    /// <summary>Hub:ActiveServerLimit: how many servers may be there that have not stopped entirely; 0: no limit.</summary>
    public int ActiveServerLimit { get; init; }

    /// <summary>Hub:CleanupServers: whether servers end with the hub; false: they stay, and the hub finds them again when it is back. True, but for a hub whose AppHost ends what it has started (ASPIRE_RUN_ID).</summary>
    public bool CleanupServers { get; init; } = true;
}
