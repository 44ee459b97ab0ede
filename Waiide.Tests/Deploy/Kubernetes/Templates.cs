using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy.Kubernetes;

/// <summary>A copy of deploy/kubernetes that an operator has filled in; gone afterwards.</summary>
internal sealed class Templates : IDisposable
{
    public static readonly string[] Overlays = ["standalone", "ingress", "restricted"];
    public static readonly string[] Presets = ["minimal", "standard", "enhanced", "maximum"];

    private readonly TempDirectory _directory = new();

    public Templates(string overlay, string preset = "standard", string? token = null)
    {
        Overlay = Path.Combine(_directory.Path, "overlays", overlay);
        Copy(Path.Combine(Repository.Root, "deploy", "kubernetes"), _directory.Path);
        Edit(text => text.Replace("../../presets/standard", $"../../presets/{preset}", StringComparison.Ordinal));
        if (token is not null)
        {
            File.WriteAllText(Path.Combine(Overlay, "token.env"), $"WAIIDE_TOKEN={token}\n");
        }
    }

    /// <summary>The folder of the overlay.</summary>
    public string Overlay { get; }

    public void Edit(Func<string, string> change)
    {
        var file = Path.Combine(Overlay, "kustomization.yaml");
        File.WriteAllText(file, change(File.ReadAllText(file)));
    }

    /// <summary>The objects that "kubectl apply -k" would send.</summary>
    public async Task<IReadOnlyList<JsonObject>> ObjectsAsync()
    {
        var yaml = await Podman.OutputAsync(await Validator.KubectlAsync(), "kustomize", Overlay);
        return [.. Yaml.Documents(yaml)];
    }

    public void Dispose() => _directory.Dispose();

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*.yaml", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
