using System.Text.Json;
using System.Text.Json.Nodes;
using Waiide.Tests.Build;

namespace Waiide.Tests.Deploy.Spawners;

/// <summary>
/// deploy/jupyterhub/kubernetes/values.yaml has no key that nobody has looked up: Helm refuses those that the chart does not know. The table is of those that we have a use
/// for, with their types; it was compared by eye with the chart's jupyterhub/values.schema.yaml (jupyterhub/zero-to-jupyterhub-k8s, commit 02dd73df01bd). That
/// schema itself is not here, so a key that the chart gives up is not noticed.
/// </summary>
public sealed class ChartValuesTests
{
    private const string Boolean = "true or false", Integer = "an integer", Number = "a number", Text = "a text", List = "a list", Nothing = "null";

    // What is below a key without a type is somebody else's: KubeSpawner's, for one.
    private static readonly Dictionary<string, string[]> Known = new()
    {
        ["hub.allowNamedServers"] = [Boolean, Nothing],
        ["hub.namedServerLimitPerUser"] = [Integer, Nothing],
        ["hub.config"] = [],
        ["proxy.https.enabled"] = [Boolean, Nothing],
        ["proxy.https.hosts"] = [List],
        ["proxy.https.letsencrypt.contactEmail"] = [Text, Nothing],
        ["singleuser.image.name"] = [Text],
        ["singleuser.image.tag"] = [Text],
        ["singleuser.cmd"] = [Text, List, Nothing],
        ["singleuser.uid"] = [Integer, Nothing],
        ["singleuser.fsGid"] = [Integer, Nothing],
        ["singleuser.startTimeout"] = [Integer, Nothing],
        ["singleuser.cpu.guarantee"] = [Number, Integer, Nothing],
        ["singleuser.cpu.limit"] = [Number, Integer, Nothing],
        ["singleuser.memory.guarantee"] = [Number, Integer, Text, Nothing],
        ["singleuser.memory.limit"] = [Number, Integer, Text, Nothing],
        ["singleuser.extraEnv"] = [],
        ["singleuser.storage.type"] = [Text],
        ["singleuser.storage.capacity"] = [Text, Nothing],
        ["singleuser.storage.homeMountPath"] = [Text],
        ["singleuser.storage.dynamic.pvcNameTemplate"] = [Text, Nothing],
        ["singleuser.storage.dynamic.storageAccessModes"] = [List],
        ["singleuser.storage.extraVolumes"] = [List],
        ["singleuser.storage.extraVolumeMounts"] = [List],
        ["singleuser.networkPolicy.enabled"] = [Boolean],
        ["singleuser.networkPolicy.egressAllowRules.privateIPs"] = [Boolean],
        ["singleuser.networkPolicy.egressAllowRules.cloudMetadataServer"] = [Boolean],
        ["cull.enabled"] = [Boolean],
        ["cull.timeout"] = [Integer, Nothing],
        ["cull.every"] = [Integer, Nothing],
        ["cull.removeNamedServers"] = [Boolean, Nothing],
    };

    [Fact]
    public void Every_key_was_looked_up_in_the_charts_schema_and_has_its_type() =>
        Assert.Empty(Wrong(Assert.Single(Yaml.Documents(Sources.Text("deploy/jupyterhub/kubernetes/values.yaml"))), ""));

    [Theory]
    [InlineData("hub: { allowNamedServer: true }", "hub.allowNamedServer is not in the table")]
    [InlineData("hub: { allowNamedServers: sometimes }", "hub.allowNamedServers is a text, not true or false")]
    [InlineData("cull: { every: 0.5 }", "cull.every is a number, not an integer")]
    [InlineData("singleuser: { image: waiide }", "singleuser.image is not in the table")]
    [InlineData("proxy: { https: { hosts: hub.example.org } }", "proxy.https.hosts is a text, not a list")]
    public void A_key_or_a_type_of_its_own_would_be_noticed(string values, string sentence) =>
        Assert.StartsWith(sentence, Assert.Single(Wrong(Assert.Single(Yaml.Documents(values)), "")), StringComparison.Ordinal);

    private static IEnumerable<string> Wrong(JsonNode? node, string key)
    {
        if (Known.TryGetValue(key, out var types))
        {
            return types.Length == 0 || types.Contains(TypeOf(node)) ? [] : [$"{key} is {TypeOf(node)}, not {string.Join(" or ", types)}"];
        }

        return node is JsonObject map ? map.SelectMany(child => Wrong(child.Value, key.Length == 0 ? child.Key : $"{key}.{child.Key}")) : [$"{key} is not in the table"];
    }

    private static string TypeOf(JsonNode? node) => node?.GetValueKind() switch
    {
        null => Nothing,
        JsonValueKind.True or JsonValueKind.False => Boolean,
        JsonValueKind.Number => node.ToJsonString().Contains('.', StringComparison.Ordinal) ? Number : Integer,
        JsonValueKind.String => Text,
        JsonValueKind.Array => List,
        _ => "a map",
    };
}
