namespace Aspire.Hosting.Docker.Resources.ServiceNodes;

/// <summary>Where a service finds a config.</summary>
public sealed class ConfigReference
{
    /// <summary>The config's name.</summary>
    public string? Source { get; set; }

    /// <summary>The path in the container.</summary>
    public string? Target { get; set; }

    /// <summary>The owner.</summary>
    public string? Uid { get; set; }

    /// <summary>The group.</summary>
    public string? Gid { get; set; }

    /// <summary>The permissions.</summary>
    public UnixFileMode? Mode { get; set; }
}
