using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Waiide.Tests.Deploy;

/// <summary>Reads a manifest as azd does (azure-dev, cli/azd/pkg/apphost: manifest.go, generate.go) and tells what azd would refuse, or pass over in silence.</summary>
internal static partial class AzdManifest
{
    private static readonly string[] Types =
    [
        "project.v0", "project.v1", "container.v0", "container.v1", "dockerfile.v0", "parameter.v0", "value.v0", "annotated.string",
        "azure.bicep.v0", "azure.bicep.v1", "dapr.v0", "dapr.component.v0",
    ];

    private static readonly string[] Fields =
    [
        "type", "path", "context", "buildArgs", "args", "image", "bindings", "env", "connectionString", "inputs", "params", "value", "filter", "volumes", "entrypoint", "build", "bindMounts",
        "deployment", "scope", "containerFiles",
    ];

    private static readonly string[] BindingFields = ["scheme", "protocol", "transport", "port", "targetPort", "external"];

    // "stage" is written by Aspire and not read by azd: see Build.
    private static readonly string[] BuildFields = ["context", "dockerfile", "args", "secrets", "buildOnly", "stage"];

    /// <summary>One sentence for each thing that is wrong; none where azd takes it. Paths in it are relative to <paramref name="folder"/>.</summary>
    public static IReadOnlyList<string> Objections(string json, string folder)
    {
        if (JsonNode.Parse(json)?["resources"] is not JsonObject { Count: > 0 } resources)
        {
            return ["It has no resources."];
        }

        var manifest = new Manifest(folder, resources);
        return
        [
            .. resources.SelectMany(resource => Resource(manifest, resource.Value!.AsObject()).Select(objection => $"{resource.Key}: {objection}")),
            .. resources.Any(resource => resource.Value!["type"]?.ToString() is "project.v0" or "container.v0" or "dockerfile.v0")
                ? Array.Empty<string>()
                : ["Nothing in it is of a version 0, so that azd expects the infrastructure in it too."],
        ];
    }

    /// <summary>The names of its secret parameters.</summary>
    public static IEnumerable<string> Secrets(string json) => JsonNode.Parse(json)!["resources"]!.AsObject()
        .Where(resource => resource.Value!["inputs"]?.AsObject().Any(input => input.Value!["secret"]?.GetValue<bool>() is true) is true)
        .Select(resource => resource.Key);

    private static IEnumerable<string> Resource(Manifest manifest, JsonObject resource)
    {
        var type = resource["type"]?.ToString();
        if (resource["error"] is { } error)
        {
            yield return $"it is an error entry: {error}";
        }

        if (type is null || !Types.Contains(type))
        {
            yield return $"unsupported resource type: {type}";
            yield break;
        }

        var objections = Unknown(resource, Fields, "")
            .Concat(type.Split('.')[0] switch
            {
                "project" => manifest.HasFile(resource["path"], "path"),
                "dockerfile" => [.. manifest.HasFile(resource["path"], "path"), .. manifest.HasFolder(resource["context"], "context")],
                "container" => Container(manifest, resource),
                "parameter" => Parameter(resource),
                _ => [],
            })
            .Concat(Ingress(resource["bindings"] as JsonObject ?? []))
            .Concat(Mounts(manifest, resource))
            .Concat(Texts(resource).SelectMany(manifest.References));
        foreach (var objection in objections)
        {
            yield return objection;
        }
    }

    private static IEnumerable<string> Container(Manifest manifest, JsonObject container)
    {
        if (container["build"] is JsonObject build)
        {
            foreach (var objection in Unknown(build, BuildFields, "build.").Concat(Build(manifest, build)))
            {
                yield return objection;
            }
        }
        else if (container["image"] is null)
        {
            yield return "it has neither an image nor a build";
        }

        foreach (var (name, binding) in container["bindings"] as JsonObject ?? [])
        {
            if (binding!["targetPort"] is null)
            {
                yield return $"bindings.{name} has no targetPort, which a container must have";
            }
        }
    }

    private static string[] Build(Manifest manifest, JsonObject build)
    {
        var missing = manifest.HasFolder(build["context"], "build.context").Concat(manifest.HasFile(build["dockerfile"], "build.dockerfile")).ToArray();
        if (missing.Length > 0)
        {
            return missing;
        }

        // FROM debian AS ide
        var last = Stage().Matches(File.ReadAllText(manifest.PathOf(build["dockerfile"]!)))[^1].Groups[1].Value;
        return build["stage"] is { } stage && stage.ToString() != last ? [$"build.stage is {stage}, but azd builds the last stage of its Dockerfile, which is {last}"] : [];
    }

    private static IEnumerable<string> Parameter(JsonObject parameter)
    {
        if (parameter["value"] is null)
        {
            yield return "it has no value";
        }

        foreach (var (name, input) in parameter["inputs"] as JsonObject ?? [])
        {
            if (input!["type"]?.ToString() != "string")
            {
                yield return $"inputs.{name}.type is not string";
            }

            if (input["default"] is JsonObject byDefault && byDefault["value"] is null == byDefault["generate"] is null)
            {
                yield return $"inputs.{name}.default has not just one of value and generate";
            }
        }
    }

    // Container Apps have one ingress: what has the same target port is one group of it, and one group at most is open to the world, over HTTP.
    private static IEnumerable<string> Ingress(JsonObject bindings)
    {
        foreach (var (name, node) in bindings)
        {
            var binding = node!.AsObject();
            var scheme = binding["scheme"]?.ToString();
            foreach (var objection in Unknown(binding, BindingFields, $"bindings.{name}."))
            {
                yield return objection;
            }

            if (scheme is not ("http" or "https" or "tcp" or "udp") || binding["protocol"]?.ToString() is not ("tcp" or "udp") || binding["transport"]?.ToString() is not ("http" or "http2" or "tcp"))
            {
                yield return $"bindings.{name} has a scheme, protocol or transport that azd does not know";
            }

            if (IsExternal(binding) && scheme is not ("http" or "https"))
            {
                yield return $"bindings.{name} is external, but neither http nor https";
            }

            if (scheme is "tcp" && binding["targetPort"] is null)
            {
                yield return $"bindings.{name} is tcp and has no targetPort";
            }

            foreach (var port in new[] { "port", "targetPort" }.Where(port => binding[port] is { } number && number.GetValue<int>() is < 1 or > ushort.MaxValue))
            {
                yield return $"bindings.{name}.{port} is {binding[port]}";
            }
        }

        if (bindings.Select(binding => binding.Value!.AsObject()).GroupBy(binding => binding["targetPort"]?.GetValue<int>()).Count(group => group.Any(IsExternal)) > 1)
        {
            yield return "Multiple external endpoints are not supported";
        }
    }

    private static bool IsExternal(JsonObject binding) => binding["external"]?.GetValue<bool>() is true;

    private static IEnumerable<string> Mounts(Manifest manifest, JsonObject resource) =>
    [
        .. (resource["volumes"] as JsonArray ?? []).Where(volume => volume!["name"] is null || volume["target"] is null).Select(_ => "a volume has no name or no target"),
        .. (resource["bindMounts"] as JsonArray ?? []).SelectMany(mount => manifest.HasFolder(mount!["source"], "bindMounts.source")),
    ];

    private static IEnumerable<string> Unknown(JsonObject it, string[] known, string where) =>
        it.Select(field => field.Key).Except(known).Select(field => $"azd does not read {where}{field}");

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject it => it.SelectMany(field => Texts(field.Value)),
        JsonArray list => list.SelectMany(Texts),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    [GeneratedRegex(@"^FROM .* AS (\S+)$", RegexOptions.Multiline)]
    private static partial Regex Stage();

    /// <summary>All resources, and the folder that their paths are relative to.</summary>
    private sealed partial record Manifest(string Folder, JsonObject Resources)
    {
        public string PathOf(JsonNode node) => Path.GetFullPath(node.ToString(), Folder);

        public IEnumerable<string> HasFile(JsonNode? node, string field) => node is not null && File.Exists(PathOf(node)) ? [] : [$"{field} is {node?.ToString() ?? "missing"}, which is no file"];

        public IEnumerable<string> HasFolder(JsonNode? node, string field) => node is not null && Directory.Exists(PathOf(node)) ? [] : [$"{field} is {node?.ToString() ?? "missing"}, which is no folder"];

        /// <summary>What a text such as "http://{hub.bindings.http.host}:{port.value}" names and the manifest does not have.</summary>
        public IEnumerable<string> References(string text) => Reference().Matches(text).Select(match => match.Groups[1].Value).Where(name => !Has(name.Split('.'))).Select(name => $"{{{name}}} names nothing");

        private bool Has(string[] path) => path switch
        {
            [var resource, "bindings", var binding, "url" or "host" or "port" or "targetPort" or "scheme"] => Resources[resource]?["bindings"]?[binding] is not null,
            [var resource, "inputs", var input] => Resources[resource]?["inputs"]?[input] is not null,
            [var resource, "value" or "connectionString"] => Resources[resource]?[path[1]] is not null,
            _ => false,
        };

        [GeneratedRegex(@"\{([^{}]+)\}")]
        private static partial Regex Reference();
    }
}
