using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>The validator refuses what azd would: our own manifest, with one thing made wrong.</summary>
public sealed class AzdManifestTests
{
    private static readonly Dictionary<string, (Action<JsonObject> Mistake, string Objection)> Wrong = new()
    {
        ["no resources"] = (resources => resources.Clear(), "It has no resources."),
        ["an executable"] = (resources => resources["ide"]!["type"] = "executable.v0", "ide: unsupported resource type: executable.v0"),
        ["an entry without a type"] = (resources => resources["compose"] = new JsonObject { ["error"] = "This resource does not support generation in the manifest." }, "compose: unsupported resource type: "),
        ["an error entry"] = (resources => resources["gateway"]!["error"] = "It could not be written.", "gateway: it is an error entry"),
        ["a misspelled field"] = (resources => resources["gateway"]!["binding"] = new JsonObject(), "gateway: azd does not read binding"),
        ["a project that is not there"] = (resources => resources["gateway"]!["path"] = "../Elsewhere/Elsewhere.csproj", "gateway: path is ../Elsewhere/Elsewhere.csproj, which is no file"),
        ["a Dockerfile that is not there"] = (resources => resources["ide"]!["build"]!["dockerfile"] = "Nofile", "ide: build.dockerfile is Nofile, which is no file"),
        ["a context that is not there"] = (resources => resources["ide"]!["build"]!["context"] = "nowhere", "ide: build.context is nowhere, which is no folder"),
        ["a stage that azd does not build"] = (resources => resources["ide"]!["build"]!["stage"] = "gateway", "ide: build.stage is gateway, but azd builds the last stage"),
        ["a container of nothing"] = (resources => resources["ide"]!.AsObject().Remove("build"), "ide: it has neither an image nor a build"),
        ["a container's port that nobody knows"] = (resources => Binding(resources, "ide").Remove("targetPort"), "ide: bindings.http has no targetPort"),
        ["two doors to the world"] = (resources => Bindings(resources, "gateway")["admin"] = Door("http", 9000, isExternal: true), "gateway: Multiple external endpoints are not supported"),
        ["a door that is not HTTP"] = (resources => Bindings(resources, "ide")["ssh"] = Door("tcp", 22, isExternal: true), "ide: bindings.ssh is external, but neither http nor https"),
        ["a port that is none"] = (resources => Binding(resources, "gateway")["targetPort"] = 80700, "gateway: bindings.http.targetPort is 80700"),
        ["an unknown scheme"] = (resources => Binding(resources, "gateway")["scheme"] = "gopher", "gateway: bindings.http has a scheme, protocol or transport"),
        ["a reference to nobody"] = (resources => resources["gateway"]!["env"]!["WAIIDE_TOKEN"] = "{token.value}", "gateway: {token.value} names nothing"),
        ["a reference to a binding that is not there"] = (resources => resources["gateway"]!["env"]!["IDE"] = "{ide.bindings.https.url}/", "gateway: {ide.bindings.https.url} names nothing"),
        ["a volume without a place"] = (resources => resources["ide"]!["volumes"]![0]!.AsObject().Remove("target"), "ide: a volume has no name or no target"),
        ["a folder to mount that is not there"] = (resources => resources["ide"]!["bindMounts"] = new JsonArray(new JsonObject { ["source"] = "nowhere", ["target"] = "/x", ["readOnly"] = true }), "ide: bindMounts.source is nowhere"),
        ["a parameter without its input"] = (resources => resources["gateway-token"]!.AsObject().Remove("inputs"), "gateway-token: {gateway-token.inputs.value} names nothing"),
        ["a parameter that is no text"] = (resources => resources["gateway-token"]!["inputs"]!["value"]!["type"] = "number", "gateway-token: inputs.value.type is not string"),
        ["all of version 1"] = (resources => resources["gateway"]!["type"] = "project.v1", "Nothing in it is of a version 0"),
    };

    public static TheoryData<string> Mistakes => [.. Wrong.Keys];

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_manifest_with_a_mistake_is_refused(string mistake)
    {
        var manifest = JsonNode.Parse(Snapshot.Text("standalone/manifest.json"))!;
        Wrong[mistake].Mistake(manifest["resources"]!.AsObject());

        Assert.Contains(Objections(manifest.ToJsonString()), objection => objection.StartsWith(Wrong[mistake].Objection, StringComparison.Ordinal));
    }

    [Fact]
    public void Our_own_is_not() => Assert.Empty(Objections(Snapshot.Text("standalone/manifest.json")));

    // The snapshot's paths are those of a manifest beside the AppHost's project.
    private static IReadOnlyList<string> Objections(string json) => AzdManifest.Objections(json, Path.Combine(Repository.Root, "Waiide.AppHost"));

    private static JsonObject Bindings(JsonObject resources, string name) => resources[name]!["bindings"]!.AsObject();

    private static JsonObject Binding(JsonObject resources, string name) => Bindings(resources, name)["http"]!.AsObject();

    private static JsonObject Door(string scheme, int port, bool isExternal) =>
        new() { ["scheme"] = scheme, ["protocol"] = "tcp", ["transport"] = scheme == "tcp" ? "tcp" : "http", ["targetPort"] = port, ["external"] = isExternal };
}
