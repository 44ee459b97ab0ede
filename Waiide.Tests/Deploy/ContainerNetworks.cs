namespace Waiide.Tests.Deploy;

/// <summary>
/// Tests whose containers are on networks of this machine: one at a time, and when no others run. Each bridge that comes or goes is a change of the network to every browser here,
/// which then breaks off what it loads and hears (net::ERR_NETWORK_CHANGED).
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ContainerNetworks
{
    public const string Name = "container networks";
}
