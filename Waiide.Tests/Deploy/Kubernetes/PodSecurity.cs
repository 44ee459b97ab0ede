using System.Text.Json.Nodes;

namespace Waiide.Tests.Deploy.Kubernetes;

/// <summary>Kubernetes' Pod Security Standard "restricted" (kubernetes.io/docs/concepts/security/pod-security-standards), and what we ask for beyond it.</summary>
internal static class PodSecurity
{
    private static readonly string[] Volumes = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];

    public static IEnumerable<string> Objections(JsonNode pod) =>
    [
        .. new[] { "hostNetwork", "hostPID", "hostIPC" }.Where(field => pod.Text(field) == "true").Select(field => $"restricted: {field}"),
        .. pod.Items("volumes").SelectMany(volume => volume.AsObject().Select(field => field.Key)).Where(field => field != "name").Except(Volumes).Select(kind => $"restricted: a volume of {kind}"),
        .. pod.Items("containers").SelectMany(container => Container(pod, container)),
        .. pod.Text("automountServiceAccountToken") == "false" ? Array.Empty<string>() : ["the pod has a token for the cluster's API"],
    ];

    private static IEnumerable<string> Container(JsonNode pod, JsonNode container)
    {
        // The container's own word goes before the pod's.
        string? Either(string path) => container.Text($"securityContext.{path}") ?? pod.Text($"securityContext.{path}");

        (string Rule, bool Holds)[] rules =
        [
            ("restricted: it is not runAsNonRoot", Either("runAsNonRoot") == "true"),
            ("restricted: it runs as root", Either("runAsUser") is not (null or "0")),
            ("restricted: no profile of seccomp", Either("seccompProfile.type") is "RuntimeDefault" or "Localhost"),
            ("restricted: privileged", container.Text("securityContext.privileged") is null or "false"),
            ("restricted: allowPrivilegeEscalation", container.Text("securityContext.allowPrivilegeEscalation") == "false"),
            ("restricted: it keeps capabilities", container.Items("securityContext.capabilities.drop").Any(name => name.ToString() == "ALL") && !container.Items("securityContext.capabilities.add").Any()),
            ("restricted: a port of the host", container.Items("ports").All(port => port.At("hostPort") is null)),
            ("its root file system can be written to", container.Text("securityContext.readOnlyRootFilesystem") == "true"),
        ];
        return rules.Where(rule => !rule.Holds).Select(rule => rule.Rule);
    }
}
