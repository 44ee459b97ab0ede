using Waiide.Tests.Support;
using YamlDotNet.RepresentationModel;

namespace Waiide.Tests.Deploy.Spawners;

/// <summary>
/// deploy/jupyterhub/kubernetes/values.yaml has no key that the chart does not know: Helm refuses those. Known are the ones of its values.schema.yaml (version 4) that we
/// have a use for; what is below a key with a star is somebody else's, KubeSpawner's for one.
/// </summary>
public sealed class ChartValuesTests
{
    private static readonly string[] Known =
    [
        "hub.allowNamedServers", "hub.namedServerLimitPerUser", "hub.config.*",
        "proxy.https.enabled", "proxy.https.hosts", "proxy.https.type", "proxy.https.letsencrypt.contactEmail",
        "singleuser.image.name", "singleuser.image.tag", "singleuser.image.pullPolicy", "singleuser.image.pullSecrets",
        "singleuser.cmd", "singleuser.uid", "singleuser.fsGid", "singleuser.startTimeout", "singleuser.extraEnv.*",
        "singleuser.cpu.guarantee", "singleuser.cpu.limit", "singleuser.memory.guarantee", "singleuser.memory.limit",
        "singleuser.storage.type", "singleuser.storage.capacity", "singleuser.storage.homeMountPath", "singleuser.storage.extraVolumes", "singleuser.storage.extraVolumeMounts",
        "singleuser.storage.dynamic.pvcNameTemplate", "singleuser.storage.dynamic.storageAccessModes", "singleuser.storage.dynamic.storageClass",
        "singleuser.networkPolicy.enabled", "singleuser.networkPolicy.egressAllowRules.privateIPs", "singleuser.networkPolicy.egressAllowRules.cloudMetadataServer",
        "cull.enabled", "cull.timeout", "cull.every", "cull.removeNamedServers",
    ];

    [Fact]
    public void Every_key_is_one_of_the_charts()
    {
        var values = new YamlStream();
        values.Load(new StringReader(File.ReadAllText(Path.Combine(Repository.Root, "deploy", "jupyterhub", "kubernetes", "values.yaml"))));

        var unknown = Keys(Assert.Single(values.Documents).RootNode, "")
            .Where(key => !Known.Contains(key) && !Known.Any(open => open.EndsWith('*') && key.StartsWith(open[..^1], StringComparison.Ordinal)));

        Assert.Empty(unknown);
    }

    private static IEnumerable<string> Keys(YamlNode node, string path) => node is YamlMappingNode map
        ? map.Children.SelectMany(child => Keys(child.Value, $"{path}{(path.Length == 0 ? "" : ".")}{child.Key}"))
        : [path];
}
