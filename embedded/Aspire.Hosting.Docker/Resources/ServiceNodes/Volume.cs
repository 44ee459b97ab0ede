using Aspire.Hosting.Docker.Resources.ComposeNodes;

namespace Aspire.Hosting.Docker.Resources.ServiceNodes;

/// <summary>A volume, where it is declared and where a service mounts it.</summary>
public sealed class Volume : NamedComposeMember
{
    /// <summary>volume or bind.</summary>
    public string? Type { get; set; }

    /// <summary>The path in the container.</summary>
    public string? Target { get; set; }

    /// <summary>The volume's name or the path on the host.</summary>
    public string? Source { get; set; }

    /// <summary>Whether the container may only read it.</summary>
    public bool? ReadOnly { get; set; }

    /// <summary>The driver.</summary>
    public string? Driver { get; set; }
}
