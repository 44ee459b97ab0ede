using System.Diagnostics;
using System.Security.Cryptography;
using Waiide.Tests.Support;

namespace Waiide.Tests.RealHub;

/// <summary>JupyterHub's own front proxy from npm (Debian's copy does not run with a current Node.js), installed on first use into a cache outside of the repository.</summary>
internal static class FrontProxy
{
    private static readonly string Source = Path.Combine(AppContext.BaseDirectory, "RealHub", "FrontProxy");

    private static readonly Lazy<Task<string>> Once = new(InstallAsync);

    /// <summary>The program, a script for Node.js.</summary>
    internal static Task<string> ProgramAsync() => Once.Value;

    private static async Task<string> InstallAsync()
    {
        var cache = Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } said ? said : Path.Combine(Environment.GetEnvironmentVariable("HOME")!, ".cache"), "waiide", "front-proxy");
        var key = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(Source, "package-lock.json"))))[..16];
        var tree = Path.Combine(cache, key);
        var program = Path.Combine(tree, "node_modules", "configurable-http-proxy", "bin", "configurable-http-proxy");
        if (Directory.Exists(tree))
        {
            return program;
        }

        // Made beside and renamed when it is whole: whoever installs at the same time makes the same.
        var work = Directory.CreateDirectory($"{tree}.tmp-{Guid.NewGuid():N}").FullName;
        try
        {
            foreach (var name in (string[])["package.json", "package-lock.json"])
            {
                File.Copy(Path.Combine(Source, name), Path.Combine(work, name));
            }

            await NpmAsync(work);
            Directory.Move(work, tree);
        }
        catch (IOException) when (Directory.Exists(tree))
        {
            // Somebody else was faster.
        }
        finally
        {
            if (Directory.Exists(work))
            {
                Directory.Delete(work, recursive: true);
            }
        }

        return program;
    }

    private static async Task NpmAsync(string folder)
    {
        var start = new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        await using var npm = ChildProcess.Start(start);
        var code = await npm.WaitForExit(TimeSpan.FromMinutes(3)); // 60 packages from a registry that may be slow.
        Assert.True(code == 0, $"npm could not install the front proxy:\n{npm.Output}");
    }
}
