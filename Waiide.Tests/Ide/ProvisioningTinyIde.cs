using System.Runtime.InteropServices;
using Waiide.Tests.Support;

namespace Waiide.Tests.Ide;

/// <summary>A copy of the ide folder whose packages are a few lines each, so that npm installs them in a second and without a network.</summary>
internal sealed class ProvisioningTinyIde : IDisposable
{
    private readonly TempDirectory _directory = new();

    public ProvisioningTinyIde()
    {
        Directory.CreateDirectory(Cache);
        foreach (var file in Directory.EnumerateFiles(ProvisioningScripts.Folder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(ProvisioningScripts.Folder, file);
            if (!name.StartsWith("stubs", StringComparison.Ordinal))
            {
                Copy(file, name);
            }
        }

        var runtime = $"node-linux-{(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64")}";
        Write("package.json", $$"""
            {
              "name": "tiny", "version": "0.0.0", "config": { "download": "1 kB" },
              "dependencies": { "code-server": "file:stubs/code-server" },
              "optionalDependencies": { "{{runtime}}": "file:stubs/node" }
            }
            """);
        Write("package-lock.json", $$"""
            {
              "name": "tiny", "version": "0.0.0", "lockfileVersion": 3,
              "packages": {
                "": { "name": "tiny", "version": "0.0.0", "dependencies": { "code-server": "file:stubs/code-server" }, "optionalDependencies": { "{{runtime}}": "file:stubs/node" } },
                "node_modules/code-server": { "resolved": "stubs/code-server", "link": true },
                "node_modules/{{runtime}}": { "resolved": "stubs/node", "link": true },
                "stubs/code-server": { "version": "1.0.0" },
                "stubs/node": { "name": "{{runtime}}", "version": "1.0.0" }
              }
            }
            """);
        Write("stubs/node/package.json", $$"""{ "name": "{{runtime}}", "version": "1.0.0" }""");
        Copy(Path.Combine(ProvisioningScripts.Folder, "code-server"), "stubs/node/bin/node"); // For its mode: executable.
        Write("stubs/node/bin/node", "#!/bin/sh\nexec node \"$@\"\n");
        Write("stubs/code-server/package.json", """{ "name": "code-server", "version": "1.0.0" }""");
        Write("stubs/code-server/out/node/util.js", "");
        Server("(request, response) => response.end('0123')");
    }

    public string Folder => Path.Combine(_directory.Path, "ide");

    public string Cache => Path.Combine(_directory.Path, "cache");

    /// <summary>Replaces the server by one that answers every request with <paramref name="handler"/>, a JavaScript function.</summary>
    public void Server(string handler) => Write("stubs/code-server/out/node/entry.js", $$"""
        const args = process.argv.slice(2);
        if (args.includes('--version')) {
          console.log('1.0.0 tiny');
        } else {
          require('http').createServer({{handler}}).listen(args[args.indexOf('--socket') + 1]);
          console.log('listening, though nobody asked for a log');
        }
        """);

    public Task<ProvisioningScripts.Outcome> Provision(params string[] arguments) => Provision(null, arguments);

    /// <summary>Provisions with <paramref name="path"/> as the PATH, or this process's own.</summary>
    public Task<ProvisioningScripts.Outcome> Provision(string? path, string[] arguments) => ProvisioningScripts.Run(
        "node",
        [Path.Combine(Folder, "provision.mjs"), .. arguments],
        new Dictionary<string, string?> { ["WAIIDE_IDE_CACHE"] = Cache, ["PATH"] = path ?? Environment.GetEnvironmentVariable("PATH") });

    public void Dispose() => _directory.Dispose();

    private void Copy(string file, string name)
    {
        var copy = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        File.Copy(file, copy);
    }

    private void Write(string name, string text)
    {
        var file = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
