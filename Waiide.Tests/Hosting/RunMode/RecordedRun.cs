using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Waiide.Tests.Hosting.RunMode;

/// <summary>What the real packages asked their orchestrator for when they ran the sample (Recorded/*.json), as the lines of <see cref="Normal"/>.</summary>
internal sealed partial class RecordedRun
{
    private readonly JsonNode[] _objects =
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Hosting", "RunMode", "Recorded"), "*.json").Order(StringComparer.Ordinal).Select(file => JsonNode.Parse(File.ReadAllText(file))!)];

    public static RecordedRun Read() => new();

    public static IEnumerable<string> States => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Hosting", "RunMode", "Recorded", "states.log"));

    /// <summary>The ports at which the resources were to be found; a persistent container's is kept for it and is another one for everybody.</summary>
    public IEnumerable<int> PublicPorts => _objects.Where(it => (string)it["kind"]! == "Service" && Resource(it) != "ide").Select(it => (int)it["spec"]!["port"]!);

    public IReadOnlyList<string> Process(string resource, bool normalise = true)
    {
        var (it, spec) = Of("Executable", resource);
        string[] lines =
        [
            $"resource {resource}", $"command {spec["executablePath"]}", $"folder {spec["workingDirectory"]}".Replace("/src/waiide", "<folder>", StringComparison.Ordinal),
            .. Texts(spec["args"]).Select(argument => $"argument {argument}"), .. Variables(spec).Select(variable => Filled(it, variable)),
        ];
        return normalise ? [.. lines.Select(Normal.Line)] : lines;
    }

    public IEnumerable<string> Container(string resource)
    {
        var (_, spec) = Of("Container", resource);
        string[] lines =
        [
            $"resource {resource}", $"name {spec["containerName"]}", $"image {spec["image"]}",
            .. spec["volumeMounts"]!.AsArray().Select(mount => $"mount type={mount!["type"]},source={mount["source"]},target={mount["target"]}{((bool)mount["readOnly"]! ? ",readonly" : "")}"),
            .. spec["ports"]!.AsArray().Select(port => $"port {(port!["hostPort"] is { } host ? $"{host}:" : "")}{port["containerPort"]}"),
            $"restart {spec["restartPolicy"]}",
            .. Texts(spec["networks"]![0]!["aliases"]).Select(alias => $"alias {alias}"),
            .. Texts(spec["args"]).Select(argument => $"argument {argument}"),
            .. Variables(spec),
            .. spec["createFiles"]!.AsArray().SelectMany(files => files!["entries"]!.AsArray().Select(file => $"file {files["destination"]}/{file!["name"]}")),
        ];
        return lines.Select(Normal.Line);
    }

    private static string Resource(JsonNode it) => (string)it["AppModelResourceName"]!;

    private (JsonNode Object, JsonNode Spec) Of(string kind, string resource)
    {
        var it = _objects.Single(it => (string)it["kind"]! == kind && Resource(it) == resource);
        return (it, it["spec"]!);
    }

    private static IEnumerable<string> Texts(JsonNode? array) => array!.AsArray().Select(text => (string)text!);

    private static IEnumerable<string> Variables(JsonNode spec) => spec["env"]!.AsArray().Select(variable => $"variable {variable!["name"]}={variable["value"]}");

    /// <summary>What the orchestrator fills in: values of annotations, and ports that it chooses.</summary>
    private static string Filled(JsonNode it, string text) =>
        Port().Replace(Annotation().Replace(text, match => (string)it["metadata"]!["annotations"]![match.Groups[1].Value]!), "<private>");

    [GeneratedRegex("""\{\{- index \.Annotations "([^"]+)" -\}\}""")]
    private static partial Regex Annotation();

    [GeneratedRegex("""\{\{- portForServing "[^"]+" -\}\}""")]
    private static partial Regex Port();
}
