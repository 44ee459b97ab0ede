namespace Waiide.Tests.Deploy;

/// <summary>
/// Tests whose containers find each other by name, one after the other. All of podman's networks have one name server between them, which comes with the first of them and goes with the last:
/// a network that begins while the last one ends may be left without names.
/// </summary>
[CollectionDefinition(Name)]
public sealed class PodmanNetworks
{
    public const string Name = "podman networks";
}
