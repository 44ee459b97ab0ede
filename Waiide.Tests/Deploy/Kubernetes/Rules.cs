using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Waiide.Tests.Build;

namespace Waiide.Tests.Deploy.Kubernetes;

/// <summary>What no schema tells: that the objects of one folder fit each other, and our program.</summary>
internal sealed partial class Rules
{
    private readonly IReadOnlyList<JsonObject> _objects;

    private Rules(IReadOnlyList<JsonObject> objects) => _objects = objects;

    /// <summary>One sentence for each thing that does not fit.</summary>
    public static IReadOnlyList<string> Objections(IReadOnlyList<JsonObject> objects)
    {
        var rules = new Rules(objects);
        return
        [
            .. rules.Of("Deployment").SelectMany(rules.Deployment),
            .. rules.Of("Service").SelectMany(rules.Service),
            .. rules.Of("Ingress").SelectMany(rules.Ingress),
            .. rules.Of("NetworkPolicy").SelectMany(rules.NetworkPolicy),
            .. rules.Of("PodDisruptionBudget").SelectMany(rules.DisruptionBudget),
        ];
    }

    private IEnumerable<string> Deployment(JsonObject deployment)
    {
        var pod = deployment.At("spec.template")!;
        if (!Selects(deployment.Fields("spec.selector.matchLabels"), pod))
        {
            yield return "the Deployment's selector does not select its own pods";
        }

        var claims = pod.Items("spec.volumes").Select(volume => volume.Text("persistentVolumeClaim.claimName")).OfType<string>().ToArray();
        foreach (var claim in claims.Where(claim => Named("PersistentVolumeClaim", claim) is null))
        {
            yield return $"there is no PersistentVolumeClaim {claim}";
        }

        if (claims.Length > 0 && (deployment.Text("spec.replicas") != "1" || deployment.Text("spec.strategy.type") != "Recreate"))
        {
            yield return "a home has one writer: one replica, and Recreate";
        }

        foreach (var objection in pod.Items("spec.containers").SelectMany(container => Container(pod, container)).Concat(PodSecurity.Objections(pod.At("spec")!)))
        {
            yield return objection;
        }
    }

    private IEnumerable<string> Container(JsonNode pod, JsonNode container) =>
    [
        .. container.Items("env").SelectMany(variable => Reference(variable.At("valueFrom.secretKeyRef"), "Secret").Concat(Reference(variable.At("valueFrom.configMapKeyRef"), "ConfigMap"))),
        .. container.Items("envFrom").SelectMany(source => Reference(source.At("secretRef"), "Secret").Concat(Reference(source.At("configMapRef"), "ConfigMap"))),
        .. container.Items("volumeMounts").Select(mount => mount.Text("name")).Except(pod.Items("spec.volumes").Select(volume => volume.Text("name"))).Select(name => $"there is no volume {name}"),
        .. new[] { "startupProbe", "readinessProbe", "livenessProbe" }.SelectMany(probe => Probe(container, probe)),
        .. new[] { "cpu", "memory" }.SelectMany(resource => Resource(container, resource)),
    ];

    private IEnumerable<string> Reference(JsonNode? reference, string kind)
    {
        if (reference?.Text("name") is not { } name)
        {
            return [];
        }

        var named = Named(kind, name);
        return named is null ? [$"there is no {kind} {name}"]
            : reference.Text("key") is { } key && named["data"]?[key] is null ? [$"{kind} {name} has no {key}"]
            : [];
    }

    private static IEnumerable<string> Probe(JsonNode container, string probe)
    {
        if (container.At($"{probe}.httpGet") is not { } get)
        {
            yield return $"there is no {probe}";
            yield break;
        }

        if (!AnonymousPaths().Contains(get.Text("path")))
        {
            yield return $"{probe} asks {get.Text("path")}, which the gateway does not answer to anyone";
        }

        if (!HasPort(container, get.Text("port")))
        {
            yield return $"{probe} asks port {get.Text("port")}, which the container does not have";
        }
    }

    private static IEnumerable<string> Resource(JsonNode container, string resource)
    {
        var (request, limit) = (container.Text($"resources.requests.{resource}"), container.Text($"resources.limits.{resource}"));
        if (request is null || limit is null)
        {
            yield return $"{resource} has not both a request and a limit";
        }
        else if (Quantity(request) > Quantity(limit))
        {
            yield return $"{resource} has a request of {request} above its limit of {limit}";
        }
    }

    private IEnumerable<string> Service(JsonObject service)
    {
        var pods = Selected(service.Fields("spec.selector"));
        if (pods.Length == 0)
        {
            yield return $"Service {service.Text("metadata.name")} selects no pod";
        }

        foreach (var port in service.Items("spec.ports"))
        {
            if (!DnsLabel().IsMatch(port.Text("name") ?? ""))
            {
                yield return $"a port's name is lower case, which {port.Text("name")} is not";
            }

            if (!pods.Any(pod => pod.Items("spec.containers").Any(container => HasPort(container, port.Text("targetPort")))))
            {
                yield return $"Service port {port.Text("name")} leads to {port.Text("targetPort")}, which no container has";
            }
        }
    }

    private IEnumerable<string> Ingress(JsonObject ingress)
    {
        foreach (var backend in ingress.Items("spec.rules").SelectMany(rule => rule.Items("http.paths")).Select(path => path.At("backend.service")))
        {
            var (name, port) = (backend.Text("name")!, backend.Text("port.name") ?? backend.Text("port.number"));
            if (Named("Service", name)?.Items("spec.ports").Any(offered => offered.Text("name") == port || offered.Text("port") == port) is not true)
            {
                yield return $"the Ingress leads to port {port} of Service {name}, which is not there";
            }
        }

        if (!ingress.Items("spec.rules").Select(rule => rule.Text("host")).SequenceEqual(ingress.Items("spec.tls").SelectMany(tls => tls.Items("hosts")).Select(host => host.ToString())))
        {
            yield return "the Ingress has not TLS for just the hosts that it serves";
        }
    }

    private IEnumerable<string> NetworkPolicy(JsonObject policy)
    {
        var pods = Selected(policy.Fields("spec.podSelector.matchLabels"));
        if (pods.Length == 0)
        {
            yield return "the NetworkPolicy selects no pod";
        }

        if (!policy.Items("spec.policyTypes").Select(type => type.ToString()).Order(StringComparer.Ordinal).SequenceEqual(["Egress", "Ingress"]))
        {
            yield return "the NetworkPolicy does not close both ways";
        }

        foreach (var rule in policy.Items("spec.ingress"))
        {
            if (!rule.Items("from").Any() || !rule.Items("ports").Any())
            {
                yield return "the NetworkPolicy lets in anybody, or to any port";
            }

            foreach (var port in rule.Items("ports").Select(port => port.Text("port")).Where(port => !pods.Any(pod => pod.Items("spec.containers").Any(container => HasPort(container, port)))))
            {
                yield return $"the NetworkPolicy opens port {port}, which no container has";
            }
        }
    }

    private IEnumerable<string> DisruptionBudget(JsonObject budget)
    {
        if (Selected(budget.Fields("spec.selector.matchLabels")).Length == 0)
        {
            yield return "the PodDisruptionBudget selects no pod";
        }

        if (budget.At("spec.minAvailable") is not null || budget.Text("spec.maxUnavailable") is null or "0")
        {
            yield return "the PodDisruptionBudget holds a drain for ever";
        }
    }

    private IEnumerable<JsonObject> Of(string kind) => _objects.Where(it => it.Text("kind") == kind);

    private JsonObject? Named(string kind, string name) => Of(kind).SingleOrDefault(it => it.Text("metadata.name") == name);

    private JsonNode[] Selected(IEnumerable<KeyValuePair<string, string>> labels) => [.. Of("Deployment").Select(deployment => deployment.At("spec.template")!).Where(pod => Selects(labels, pod))];

    // What selects nothing in particular selects everything, which nothing here means.
    private static bool Selects(IEnumerable<KeyValuePair<string, string>> labels, JsonNode pod) => labels.Any() && !labels.Except(pod.Fields("metadata.labels")).Any();

    private static bool HasPort(JsonNode container, string? port) => container.Items("ports").Any(own => own.Text("containerPort") == port || own.Text("name") == port);

    // 500m, 2, 512Mi, 4Gi; what is none is for the schemas to refuse.
    private static decimal? Quantity(string text)
    {
        var number = text.TrimEnd('m', 'M', 'G', 'i');
        decimal? unit = text[number.Length..] switch { "" => 1, "m" => 0.001m, "Mi" => 1 << 20, "Gi" => 1 << 30, _ => null };
        return decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) ? value * unit : null;
    }

    // | `/health` | anyone | ...
    private static IEnumerable<string> AnonymousPaths() => Anonymous().Matches(Sources.Text("docs/endpoints.md")).Select(row => row.Groups[1].Value);

    [GeneratedRegex(@"^\| `(/[^`]*)` \| anyone \|", RegexOptions.Multiline)]
    private static partial Regex Anonymous();

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    private static partial Regex DnsLabel();
}
