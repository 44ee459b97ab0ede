using YamlDotNet.Serialization;

namespace Aspire.Hosting.Docker.Resources.ComposeNodes;

/// <summary>A part of a compose file that stands under its name.</summary>
public abstract class NamedComposeMember
{
    /// <summary>The name.</summary>
    [YamlIgnore]
    public required string Name { get; set; }
}
