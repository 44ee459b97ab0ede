using System.Text.Json.Nodes;
using Waiide.Tests.Build;

namespace Waiide.Tests.Deploy.Kubernetes;

/// <summary>deploy/kubernetes as kubectl renders it: what an API server would take, and what fits together.</summary>
public sealed class TemplateTests(TemplateTests.Schemas schemas) : IClassFixture<TemplateTests.Schemas>
{
    private static readonly Dictionary<string, (Action<List<JsonObject>> Mistake, string Objection)> Wrong = new()
    {
        // What the schemas tell.
        ["a misspelt field"] = (all => Container(all)["enviroment"] = new JsonArray(), "unknown field /spec/template/spec/containers/0/enviroment"),
        ["a misspelt field deep in a list"] = (all => Of(all, "Ingress")["spec"]!["rules"]![0]!["http"]!["paths"]![0]!["backends"] = new JsonObject(), "unknown field /spec/rules/0/http/paths/0/backends"),
        ["a text for a number"] = (all => Of(all, "Deployment")["spec"]!["replicas"] = "one", "data/spec/replicas must be integer"),
        ["a text for a list"] = (all => Container(all)["securityContext"]!["capabilities"]!["drop"] = "ALL", "data/spec/template/spec/containers/0/securityContext/capabilities/drop must be array"),
        ["a text for a yes or no"] = (all => Container(all)["securityContext"]!["readOnlyRootFilesystem"] = "yes", "data/spec/template/spec/containers/0/securityContext/readOnlyRootFilesystem must be boolean"),
        ["no selector"] = (all => Of(all, "Deployment")["spec"]!.AsObject().Remove("selector"), "data/spec must have required property selector"),
        ["a quantity that is none"] = (all => Container(all)["resources"]!["limits"]!["memory"] = "4 GB", "data/spec/template/spec/containers/0/resources/limits/memory must"),
        ["a kind that there is not"] = (all => Of(all, "PodDisruptionBudget")["kind"] = "PodDisruptionBugdet", "policy/v1 has no kind PodDisruptionBugdet"),
        ["a version that was removed"] = (all => Of(all, "Ingress")["apiVersion"] = "networking.k8s.io/v1beta1", "the API's types have no V1beta1Ingress"),

        // What they do not.
        ["a Service for nobody"] = (all => Of(all, "Service")["spec"]!["selector"]!["app"] = "other", "Service waiide-service selects no pod"),
        ["a Service's port that leads nowhere"] = (all => Of(all, "Service")["spec"]!["ports"]![0]!["targetPort"] = "http", "Service port main leads to http, which no container has"),
        ["a Deployment of other pods"] = (all => Of(all, "Deployment")["spec"]!["selector"]!["matchLabels"]!["app"] = "other", "the Deployment's selector does not select its own pods"),
        ["a claim that is not there"] = (all => Of(all, "PersistentVolumeClaim")["metadata"]!["name"] = "other", "there is no PersistentVolumeClaim waiide-home"),
        ["a token that is not there"] = (all => all.Remove(Of(all, "Secret")), "there is no Secret waiide-token-"),
        ["a token by another name"] = (all => Of(all, "Secret")["data"] = new JsonObject { ["TOKEN"] = "" }, "Secret waiide-token-"),
        ["a volume that is not there"] = (all => Pod(all)["volumes"]!.AsArray().RemoveAt(1), "there is no volume tmp"),
        ["two writers"] = (all => Of(all, "Deployment")["spec"]!["replicas"] = 2, "a home has one writer"),
        ["a rollout with two writers"] = (all => Of(all, "Deployment")["spec"]!["strategy"]!["type"] = "RollingUpdate", "a home has one writer"),
        ["a probe that nobody answers"] = (all => Container(all)["livenessProbe"]!["httpGet"]!["path"] = "/healthz", "livenessProbe asks /healthz"),
        ["a probe that needs a token"] = (all => Container(all)["readinessProbe"]!["httpGet"]!["path"] = "/api/health", "readinessProbe asks /api/health"),
        ["a probe of another port"] = (all => Container(all)["startupProbe"]!["httpGet"]!["port"] = 8071, "startupProbe asks port 8071"),
        ["no limit"] = (all => Container(all)["resources"]!["limits"]!.AsObject().Remove("memory"), "memory has not both a request and a limit"),
        ["a request above the limit"] = (all => Container(all)["resources"]!["requests"]!["cpu"] = "2500m", "cpu has a request of 2500m above its limit of 2"),
        ["an Ingress to nowhere"] = (all => Of(all, "Service")["spec"]!["ports"]![0]!["name"] = "http", "the Ingress leads to port main of Service waiide-service"),
        ["an Ingress without TLS"] = (all => Of(all, "Ingress")["spec"]!.AsObject().Remove("tls"), "the Ingress has not TLS for just the hosts"),
        ["a policy for nobody"] = (all => Of(all, "NetworkPolicy")["spec"]!["podSelector"]!["matchLabels"]!["app"] = "other", "the NetworkPolicy selects no pod"),
        ["a policy that lets in anybody"] = (all => Of(all, "NetworkPolicy")["spec"]!["ingress"]![0]!.AsObject().Remove("from"), "the NetworkPolicy lets in anybody"),
        ["a policy that lets out everything"] = (all => Of(all, "NetworkPolicy")["spec"]!["policyTypes"]!.AsArray().RemoveAt(1), "the NetworkPolicy does not close both ways"),
        ["a drain that never ends"] = (all => (Of(all, "PodDisruptionBudget")["spec"]!["minAvailable"], _) = (1, Of(all, "PodDisruptionBudget")["spec"]!.AsObject().Remove("maxUnavailable")), "the PodDisruptionBudget holds a drain for ever"),
        ["root"] = (all => Pod(all)["securityContext"]!["runAsUser"] = 0, "restricted: it runs as root"),
        ["a container that may be root"] = (all => Container(all)["securityContext"]!["runAsNonRoot"] = false, "restricted: it is not runAsNonRoot"),
        ["capabilities"] = (all => Container(all)["securityContext"]!["capabilities"] = new JsonObject { ["add"] = new JsonArray("NET_ADMIN") }, "restricted: it keeps capabilities"),
        ["no seccomp"] = (all => Pod(all)["securityContext"]!.AsObject().Remove("seccompProfile"), "restricted: no profile of seccomp"),
        ["more rights by setuid"] = (all => Container(all)["securityContext"]!.AsObject().Remove("allowPrivilegeEscalation"), "restricted: allowPrivilegeEscalation"),
        ["a folder of the node"] = (all => Pod(all)["volumes"]![1] = new JsonObject { ["name"] = "tmp", ["hostPath"] = new JsonObject { ["path"] = "/tmp" } }, "restricted: a volume of hostPath"),
        ["a port of the node"] = (all => Container(all)["ports"]![0]!["hostPort"] = 8070, "restricted: a port of the host"),
        ["the network of the node"] = (all => Pod(all)["hostNetwork"] = true, "restricted: hostNetwork"),
        ["a root file system to write to"] = (all => Container(all)["securityContext"]!.AsObject().Remove("readOnlyRootFilesystem"), "its root file system can be written to"),
        ["a token for the cluster"] = (all => Pod(all).Remove("automountServiceAccountToken"), "the pod has a token for the cluster's API"),
    };

    public static TheoryData<string> Mistakes => [.. Wrong.Keys];

    public static IEnumerable<object[]> All => from overlay in Templates.Overlays from preset in Templates.Presets select new object[] { overlay, preset };

    [SkippableTheory]
    [MemberData(nameof(All))]
    public async Task Every_overlay_with_every_preset_is_taken(string overlay, string preset)
    {
        using var templates = new Templates(overlay, preset, "token-of-the-tests");

        Assert.Empty(await schemas.ObjectionsAsync(await templates.ObjectsAsync()));
    }

    [SkippableTheory]
    [MemberData(nameof(Mistakes))]
    public async Task An_overlay_with_a_mistake_is_refused(string mistake)
    {
        var objects = (await schemas.RestrictedAsync()).Select(it => it.DeepClone().AsObject()).ToList();
        Wrong[mistake].Mistake(objects);

        Assert.Contains(await schemas.ObjectionsAsync(objects), objection => objection.StartsWith(Wrong[mistake].Objection, StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Nothing_is_rendered_without_a_token()
    {
        var kubectl = await Validator.KubectlAsync();
        foreach (var overlay in Templates.Overlays)
        {
            using var templates = new Templates(overlay);

            var (code, _, error) = await Podman.RunAsync(kubectl, "kustomize", templates.Overlay);

            Assert.NotEqual(0, code);
            Assert.Contains("token.env: no such file", error, StringComparison.Ordinal);
        }
    }

    [SkippableTheory]
    [InlineData("minimal", "100m", "500m", "512Mi", "1Gi")]
    [InlineData("standard", "500m", "2", "1Gi", "4Gi")]
    [InlineData("enhanced", "2", "4", "4Gi", "8Gi")]
    [InlineData("maximum", "4", "8", "8Gi", "16Gi")]
    public async Task The_presets_are_those_of_the_reference(string preset, string processors, string mostProcessors, string memory, string mostMemory)
    {
        using var templates = new Templates("standalone", preset, "token-of-the-tests");

        var resources = Container(await templates.ObjectsAsync())["resources"]!;

        Assert.Equal((processors, memory), (resources.Text("requests.cpu"), resources.Text("requests.memory")));
        Assert.Equal((mostProcessors, mostMemory), (resources.Text("limits.cpu"), resources.Text("limits.memory")));
    }

    [SkippableFact]
    public async Task Another_token_is_another_pod()
    {
        using var one = new Templates("standalone", token: "token-of-the-tests");
        using var other = new Templates("standalone", token: "another-token-of-the-tests");

        Assert.NotEqual(Secret(await one.ObjectsAsync()), Secret(await other.ObjectsAsync()));

        static string? Secret(IReadOnlyList<JsonObject> objects) => Container(objects).Text("env.0.valueFrom.secretKeyRef.name");
    }

    [SkippableFact]
    public async Task The_Service_is_that_of_the_guide()
    {
        using var templates = new Templates("ingress", token: "token-of-the-tests");

        var service = Of(await templates.ObjectsAsync(), "Service");

        Assert.Equal("waiide-service", service.Text("metadata.name"));
        Assert.Equal([KeyValuePair.Create("app", "waiide")], service.Fields("spec.selector"));
        Assert.Equal("name: main, port: 8070, protocol: TCP, targetPort: 8070", string.Join(", ", service.Fields("spec.ports.0").Select(field => $"{field.Key}: {field.Value}")));
        Assert.Single(service.Items("spec.ports"));
    }

    /// <summary>The Service of the guide, whose second port is a comment: what would happen if somebody took it at its word.</summary>
    [SkippableFact]
    public async Task The_optional_port_of_the_guide_is_refused_by_its_name_and_leads_nowhere()
    {
        var guide = Sources.Text("deploy/kubernetes/base/service.yaml");
        using var templates = new Templates("standalone", token: "token-of-the-tests");
        var objects = (await templates.ObjectsAsync()).Where(it => it.Text("kind") != "Service").ToList();

        objects.Add(Yaml.Documents(guide.Replace("  # - ", "  - ", StringComparison.Ordinal).Replace("  #   ", "    ", StringComparison.Ordinal)).Single());

        Assert.Equal(["a port's name is lower case, which WAIIDE is not", "Service port WAIIDE leads to 8071, which no container has"], await schemas.ObjectionsAsync(objects));
    }

    private static JsonObject Of(IEnumerable<JsonObject> all, string kind) => all.Single(it => it.Text("kind") == kind);

    private static JsonObject Pod(IEnumerable<JsonObject> all) => Of(all, "Deployment").At("spec.template.spec")!.AsObject();

    private static JsonObject Container(IEnumerable<JsonObject> all) => Pod(all).At("containers.0")!.AsObject();

    /// <summary>One validator for all, and the overlay that mistakes are made in.</summary>
    public sealed class Schemas : IAsyncLifetime
    {
        private Validator? _validator;
        private IReadOnlyList<JsonObject>? _restricted;

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            if (_validator is not null)
            {
                await _validator.DisposeAsync();
            }
        }

        internal async Task<IReadOnlyList<JsonObject>> RestrictedAsync()
        {
            if (_restricted is null)
            {
                using var templates = new Templates("restricted", token: "token-of-the-tests");
                _restricted = await templates.ObjectsAsync();
            }

            return _restricted;
        }

        internal async Task<IReadOnlyList<string>> ObjectionsAsync(IReadOnlyList<JsonObject> objects)
        {
            _validator ??= await Validator.StartAsync();
            var objections = new List<string>();
            foreach (var it in objects)
            {
                objections.AddRange(await _validator.ObjectionsAsync(new JsonObject { ["kubernetes"] = it.DeepClone() }));
            }

            return [.. objections, .. Rules.Objections(objects)];
        }
    }
}
