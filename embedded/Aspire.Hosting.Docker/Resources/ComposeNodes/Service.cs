using Aspire.Hosting.Docker.Resources.ServiceNodes;

namespace Aspire.Hosting.Docker.Resources.ComposeNodes;

/// <summary>A service of a compose file; its properties are written in the order in which they stand here.</summary>
public sealed class Service : NamedComposeMember
{
    /// <summary>The image.</summary>
    public string? Image { get; set; }

    /// <summary>The container's name; null: made from the project's and the service's.</summary>
    public string? ContainerName { get; set; }

    /// <summary>The arguments.</summary>
    public List<string> Command { get; set; } = [];

    /// <summary>The program; empty: the image's own.</summary>
    public List<string> Entrypoint { get; set; } = [];

    /// <summary>The variables.</summary>
    public Dictionary<string, string> Environment { get; set; } = [];

    /// <summary>Ports that are open on the host.</summary>
    public List<string> Ports { get; set; } = [];

    /// <summary>Ports that other services use.</summary>
    public List<string> Expose { get; set; } = [];

    /// <summary>Volumes and paths of the host.</summary>
    public List<Volume> Volumes { get; set; } = [];

    /// <summary>The services that start before this one.</summary>
    public Dictionary<string, ServiceDependency> DependsOn { get; set; } = [];

    /// <summary>The user that the processes run as.</summary>
    public string? User { get; set; }

    /// <summary>The networks.</summary>
    public List<string> Networks { get; set; } = [];

    /// <summary>When the container is started again.</summary>
    public string? Restart { get; set; }

    /// <summary>How the engine finds out whether the service is healthy.</summary>
    public Healthcheck? Healthcheck { get; set; }

    /// <summary>Linux capabilities that the processes do not get.</summary>
    public List<string> CapDrop { get; set; } = [];

    /// <summary>Whether an init process of the engine is the first one.</summary>
    public bool? Init { get; set; }

    /// <summary>Whether the image's files cannot be changed.</summary>
    public bool? ReadOnly { get; set; }

    /// <summary>Security options of the engine.</summary>
    public List<string> SecurityOpt { get; set; } = [];

    /// <summary>Files that the compose file itself has.</summary>
    public List<ConfigReference> Configs { get; set; } = [];

    /// <summary>How long a stop may take.</summary>
    public string? StopGracePeriod { get; set; }

    /// <summary>Folders in memory.</summary>
    public List<string> Tmpfs { get; set; } = [];

    /// <summary>Adds a volume.</summary>
    public Service AddVolume(Volume volume)
    {
        Volumes.Add(volume);
        return this;
    }

    /// <summary>Sets a variable.</summary>
    public Service AddEnvironmentalVariable(string key, string? value)
    {
        Environment[key] = value ?? "";
        return this;
    }

    /// <summary>Adds a file.</summary>
    public Service AddConfig(ConfigReference config)
    {
        Configs.Add(config);
        return this;
    }
}

/// <summary>What a service that starts before another one must have reached.</summary>
public sealed class ServiceDependency
{
    /// <summary>service_started, service_healthy or service_completed_successfully.</summary>
    public string? Condition { get; set; }
}
