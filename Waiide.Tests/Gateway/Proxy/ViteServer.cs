using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Proxy;

/// <summary>The app in ViteApp on a real Vite dev server, which is installed once and kept outside of the tree.</summary>
internal sealed class ViteServer : IAsyncDisposable
{
    private static readonly string Source = Path.Combine(Repository.Root, "Waiide.Tests", "Gateway", "Proxy", "ViteApp");
    private static readonly Lazy<Task<string>> Installed = new(InstallAsync);

    private readonly TempDirectory _app = new();

    private ViteServer() => Port = Ports.Free();

    public int Port { get; }

    public ChildProcess Process { get; private set; } = null!;

    /// <summary>A file of the app, to be changed.</summary>
    public string this[string name] => Path.Combine(_app.Path, name);

    /// <summary>Starts it with the base that <paramref name="baseOf"/> gives for its port.</summary>
    public static async Task<ViteServer> StartAsync(Func<int, string> baseOf)
    {
        var modules = await Installed.Value;
        var server = new ViteServer();
        foreach (var file in Directory.GetFiles(Source))
        {
            File.Copy(file, server[Path.GetFileName(file)]);
        }

        Directory.CreateSymbolicLink(server["node_modules"], modules);
        var start = new ProcessStartInfo("node", [Path.Combine(modules, "vite", "bin", "vite.js"), "--port", server.Port.ToString(CultureInfo.InvariantCulture), "--strictPort", "--base", baseOf(server.Port)])
        {
            WorkingDirectory = server._app.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        server.Process = ChildProcess.Start(start);
        await server.Process.WaitForOutput("ready in", TimeSpan.FromSeconds(60)); // The first start compiles its own configuration.
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _app.Dispose();
    }

    // Named after its lock file, so that another release is another folder; renamed when it is whole, so that nobody finds a half.
    private static async Task<string> InstallAsync()
    {
        var home = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } said ? said : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(await File.ReadAllTextAsync(Path.Combine(Source, "package-lock.json")))))[..16];
        var folder = Path.Combine(home, "waiide", "vite", key);
        if (!Directory.Exists(folder))
        {
            var work = Directory.CreateDirectory($"{folder}.tmp-{Environment.ProcessId}").FullName;
            File.Copy(Path.Combine(Source, "package.json"), Path.Combine(work, "package.json"), overwrite: true);
            File.Copy(Path.Combine(Source, "package-lock.json"), Path.Combine(work, "package-lock.json"), overwrite: true);
            // Not "npm ci": it also wants the binaries of other systems, which not every registry has.
            var start = new ProcessStartInfo("npm", ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]) { WorkingDirectory = work, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
            await using var npm = ChildProcess.Start(start);
            Assert.True(await npm.WaitForExit(TimeSpan.FromMinutes(5)) == 0, $"npm could not install Vite:\n{npm.Output}"); // A slow network downloads 20 MB.
            try
            {
                Directory.Move(work, folder);
            }
            catch (IOException) when (Directory.Exists(folder))
            {
                Directory.Delete(work, recursive: true); // Somebody else was faster.
            }
        }

        return Path.Combine(folder, "node_modules");
    }
}
