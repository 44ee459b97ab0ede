using Aspire.Hosting.Docker.Publishing;
using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;

namespace Aspire.Hosting.Docker.Resources;

/// <summary>A compose file (https://docs.docker.com/reference/compose-file/); its properties are written in the order in which they stand here.</summary>
public sealed class ComposeFile
{
    /// <summary>The project's name.</summary>
    public string? Name { get; set; }

    /// <summary>The services.</summary>
    public Dictionary<string, Service> Services { get; set; } = [];

    /// <summary>The networks.</summary>
    public Dictionary<string, Network> Networks { get; set; } = [];

    /// <summary>The volumes.</summary>
    public Dictionary<string, Volume> Volumes { get; set; } = [];

    /// <summary>Files that services get.</summary>
    public Dictionary<string, Config> Configs { get; set; } = [];

    /// <summary>Adds a network.</summary>
    public ComposeFile AddNetwork(Network network)
    {
        Networks[network.Name] = network;
        return this;
    }

    /// <summary>Adds a service.</summary>
    public ComposeFile AddService(Service service)
    {
        Services[service.Name] = service;
        return this;
    }

    /// <summary>Adds a volume.</summary>
    public ComposeFile AddVolume(Volume volume)
    {
        Volumes[volume.Name] = volume;
        return this;
    }

    /// <summary>Adds a file.</summary>
    public ComposeFile AddConfig(Config config)
    {
        Configs[config.Name] = config;
        return this;
    }

    internal string ToYaml() => ComposeYaml.Write(this);
}
