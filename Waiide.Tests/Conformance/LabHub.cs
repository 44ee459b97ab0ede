using System.Diagnostics;
using System.Text.Json;
using Waiide.Tests.Hub;
using Waiide.Tests.RealHub;
using Waiide.Tests.Support;

namespace Waiide.Tests.Conformance;

/// <summary>After how many seconds a hub answers that a start takes longer, and after how many it gives up a server that does not answer.</summary>
internal sealed record Patience(int SlowSpawn, int Http)
{
    /// <summary>Where nothing is to be slow, nothing is, however busy the machine.</summary>
    public static readonly Patience Long = new(30, 60);
}

/// <summary>
/// A hub with the users, the service and the settings of the recordings, ours or the real one of this machine.
/// The real one shows that what the runner does is what was done when the recordings were made.
/// </summary>
internal sealed class LabHub(Uri front, Uri api, IAsyncDisposable process, IAsyncDisposable? folder = null) : IAsyncDisposable
{
    public const string TesterToken = "tester-token-0123456789abcdef";

    // Seconds. Only their order matters: each step of a replay has some to spare between two of them, however busy the machine is.
    private const int SlowStop = 2;
    private const int Interrupt = 5;
    private const int Term = 1;

    private static readonly string[] Scopes = ["admin:users", "admin:servers", "admin:groups", "access:servers", "list:services", "proxy", "read:hub", "read:metrics", "tokens"];
    private static readonly string[] Cmd = ["node", Path.Combine(AppContext.BaseDirectory, "Conformance", "lab.mjs")];

    public Uri Front => front;

    public Uri Api => api;

    public static async Task<LabHub> OursAsync(string profile, Patience patience)
    {
        List<(string, object)> settings =
        [
            ("Profile", profile),
            ("DummyPassword", "pw"),
            ("Users:root-admin", "pw"),
            ("Admins", "root-admin"),
            ("Services:0:Name", "tester"),
            ("Services:0:ApiToken", TesterToken),
            .. Scopes.Select((scope, i) => ($"Services:0:Scopes:{i}", (object)scope)),
            .. Cmd.Select((word, i) => ($"Spawner:Cmd:{i}", (object)word)),
            ("Spawner:Environment:LAB_VERSION", Version(profile)),
            ("Spawner:SlowSpawnTimeout", patience.SlowSpawn),
            ("Spawner:HttpTimeout", patience.Http),
            ("Spawner:SlowStopTimeout", SlowStop),
            ("Spawner:InterruptTimeout", Interrupt),
            ("Spawner:TermTimeout", Term),
        ];
        var hub = await RunningHub.StartAsync([.. settings.Select(setting => (setting.Item1, setting.Item2.ToString()!))]);
        return new LabHub(hub.Front, hub.Api, hub);
    }

    public static async Task<LabHub> RealAsync(string profile, Patience patience)
    {
        var folder = new Folder();
        var (front, api, proxy) = (Address(), Address(), Address());
        var start = new ProcessStartInfo("jupyterhub", ["--config", Path.Combine(AppContext.BaseDirectory, "Conformance", "lab_config.py")])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["LAB"] = JsonSerializer.Serialize(new
        {
            folder = folder.Path,
            front = front.AbsoluteUri,
            api = api.AbsoluteUri.TrimEnd('/'),
            proxyApi = proxy.AbsoluteUri.TrimEnd('/'),
            proxy = await FrontProxy.ProgramAsync(),
            token = TesterToken,
            scopes = Scopes,
            cmd = Cmd,
            version = Version(profile),
            slowSpawn = patience.SlowSpawn,
            slowStop = SlowStop,
            http = patience.Http,
            interrupt = Interrupt,
            term = Term,
        });
        var hub = ChildProcess.Start(start);
        await hub.WaitForOutput("JupyterHub is now running at", TimeSpan.FromSeconds(60)); // A Python that is not warm yet.
        return new LabHub(front, api, hub, folder);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        if (folder is not null)
        {
            await folder.DisposeAsync();
        }
    }

    private static string Version(string profile) => profile == "6.0" ? "6.0.0b2" : Exchange.Recorded(profile)[0].Answer["X-JupyterHub-Version"]!;

    private static Uri Address() => new($"http://127.0.0.1:{Ports.Free()}");

    private sealed class Folder : IAsyncDisposable
    {
        private readonly TempDirectory _folder = new();

        public string Path => _folder.Path;

        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
