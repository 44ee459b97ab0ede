using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Waiide.Tests.Support;
using Xunit.Sdk;

namespace Waiide.Tests.RealHub;

/// <summary>
/// A real JupyterHub with its real front proxy, whose single-user server is the published gateway: started for the first test of a collection, and after a test that
/// ended either of them. Each test is given to <see cref="Test"/>.
/// </summary>
public abstract class JupyterHub(string baseUrl = "/", string spawnerIp = "127.0.0.1", bool ignoresInterrupt = false) : IAsyncLifetime
{
    public const string Password = "correct horse";

    // A hub that comes back first looks for its servers.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly TempDirectory _folder = new();
    private readonly string _run = Guid.NewGuid().ToString("N");
    private readonly string _proxyToken = Guid.NewGuid().ToString("N");
    private readonly (int Front, int ProxyApi, int Hub) _ports = (Ports.Free(), Ports.Free(), Ports.Free());
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private HubApi? _api;
    private StubIde? _ide;

    /// <summary>Where a browser finds the hub, its base URL included.</summary>
    public Uri Front => new($"http://127.0.0.1:{_ports.Front}{baseUrl}");

    /// <summary>The token of a service that may get at the default server of the user "sharer", as the user "guest" may.</summary>
    public string MonitorToken { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The token of <see cref="Api"/>.</summary>
    public string TestsToken { get; } = Guid.NewGuid().ToString("N");

    internal HubApi Api => _api!;

    /// <summary>The recording IDE of all servers that were started with it.</summary>
    internal StubIde Ide => _ide!;

    internal ChildProcess? Hub { get; private set; }

    internal ChildProcess? Proxy { get; private set; }

    /// <summary>All that the hub printed.</summary>
    internal string HubLog => File.ReadAllText(Path.Combine(Logs, "hub.log"));

    /// <summary>All that the default server of a user printed, whichever of its starts it was.</summary>
    internal string ServerLogOf(string user) => File.ReadAllText(Path.Combine(Logs, $"jupyterhub-user-{user}.log"));

    /// <summary>A configuration of deploy/ that starts the servers, as it is; the tests say who signs in, and which ports there are. None: the tests' own.</summary>
    protected virtual string? Template => null;

    /// <summary>The address that the hub listens on.</summary>
    protected virtual string HubIp => "127.0.0.1";

    private Uri HubUrl => new($"http://{HubIp}:{_ports.Hub}{baseUrl}");

    private string Logs => Path.Combine(_folder.Path, "logs");

    // Carried by everything that is started here, down to what runs in the terminals of the IDEs.
    private string Mark => "REAL_HUB_RUN=" + _run;

    /// <summary>The home directory of a user, which is the folder that their IDE opens.</summary>
    public string HomeOf(string user) => Path.Combine(_folder.Path, "home", user);

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>What has to be there before the hub starts; returns the variables that the hub is started with. Asked before each test.</summary>
    protected virtual Task<Dictionary<string, string>> PrepareAsync() => Task.FromResult(new Dictionary<string, string>());

    /// <summary>Runs a test while hub and proxy run; when it fails, the message has their logs and those of the servers.</summary>
    internal async Task Test(Func<Task> test)
    {
        Prerequisites.Need("jupyterhub", "node", "npm", "setsid");
        try
        {
            await IsRunning();
            await test();
        }
        catch (Exception failure) when (failure is not Xunit.SkipException)
        {
            throw new XunitException($"{failure.Message}\n{LogTails()}", failure);
        }
    }

    /// <summary>Starts what does not run of hub and proxy, and waits until both answer.</summary>
    internal async Task IsRunning()
    {
        var variables = await PrepareAsync();
        _ide ??= await StubIde.StartAsync();
        _api ??= new HubApi(new Uri(HubUrl, "hub/api/"), TestsToken);
        Directory.CreateDirectory(Logs);
        if (Proxy is not { HasExited: false })
        {
            Proxy = await StartProxyAsync();
        }

        if (Hub is not { HasExited: false })
        {
            Hub = await StartHubAsync(variables);
        }

        await Eventually.Is(() => Answers(HubUrl), "the hub answers", StartLimit);
        await Eventually.Is(() => Answers(Front), "the hub answers through the proxy");
        await Api.TellProxy();
    }

    public virtual async Task DisposeAsync()
    {
        // The gateways end their IDEs when they are asked to; what does not end is killed, until nothing is left.
        Signal("-TERM");
        var clock = Stopwatch.StartNew();
        while (Processes.With(Mark).Count > 0 && clock.Elapsed < TimeSpan.FromSeconds(15))
        {
            await Task.Delay(100);
            if (clock.Elapsed > TimeSpan.FromSeconds(6))
            {
                Signal("-KILL");
            }
        }

        foreach (var process in (ChildProcess?[])[Hub, Proxy])
        {
            if (process is not null)
            {
                await process.DisposeAsync();
            }
        }

        if (_ide is not null)
        {
            await _ide.DisposeAsync();
        }

        _api?.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    private async Task<ChildProcess> StartProxyAsync()
    {
        var hub = HubUrl.GetLeftPart(UriPartial.Authority);
        return Start(
            "proxy.log",
            new() { ["CONFIGPROXY_AUTH_TOKEN"] = _proxyToken },
            "node", await FrontProxy.ProgramAsync(), "--ip", "127.0.0.1", "--port", Text(_ports.Front), "--api-ip", "127.0.0.1", "--api-port", Text(_ports.ProxyApi),
            "--default-target", hub, "--error-target", $"{hub}{baseUrl}hub/error");
    }

    private async Task<ChildProcess> StartHubAsync(Dictionary<string, string> variables)
    {
        var settings = new
        {
            folder = _folder.Path,
            template = Template,
            front = Front.AbsoluteUri,
            hubPort = _ports.Hub,
            proxyApi = $"http://127.0.0.1:{_ports.ProxyApi}",
            proxyToken = _proxyToken,
            testsToken = TestsToken,
            monitorToken = MonitorToken,
            password = Password,
            spawnerIp,
            // What a shell that is not interactive does to the jobs in its background, such as a hub, and what their children inherit.
            command = Template is null ? (string[])[.. ignoresInterrupt ? ["sh", "-c", "trap '' INT; exec \"$0\""] : Array.Empty<string>(), Shipped.Program("Waiide.Gateway") ?? await PublishedGateway.ProgramAsync()] : [],
            stubIde = Ide.Url.AbsoluteUri,
            environment = new Dictionary<string, string>
            {
                ["WAIIDE_IDE_COMMAND"] = Path.Combine(Repository.Root, "ide", "code-server"),
                ["WAIIDE_IDE_CACHE"] = IdeCache(), // Else below the home directory, of which each user here has an own one.
                ["JUPYTERHUB_ACTIVITY_INTERVAL"] = "1",
                ["DOTNET_ROOT"] = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory()),
            },
            mark = new Dictionary<string, string> { [Mark.Split('=')[0]] = _run },
        };
        return Start(
            "hub.log",
            new(variables) { ["REAL_HUB"] = JsonSerializer.Serialize(settings), ["LANG"] = "C.UTF-8" },
            "jupyterhub", "--config", Path.Combine(AppContext.BaseDirectory, "RealHub", "jupyterhub_config.py"));
    }

    // With its output in a file, which stays when the process is killed while its own children go on writing.
    private ChildProcess Start(string log, Dictionary<string, string> environment, params string[] line)
    {
        var script = $"exec \"$@\" >> '{Path.Combine(Logs, log)}' 2>&1";
        var start = new ProcessStartInfo("sh", ["-c", script, "sh", .. line])
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment[Mark.Split('=')[0]] = _run;
        return ChildProcess.Start(start);
    }

    private async Task<bool> Answers(Uri site)
    {
        Assert.False(Hub!.HasExited, "The hub ended.");
        Assert.False(Proxy!.HasExited, "The proxy ended.");
        try
        {
            using var answer = await _http.GetAsync(new Uri(site, "hub/health"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // It does not listen yet.
        }
    }

    private void Signal(string signal)
    {
        if (Processes.With(Mark) is { Count: > 0 } left)
        {
            // Some of them may have ended since; kill(1) complains of it.
            using var kill = Process.Start(new ProcessStartInfo("kill", [signal, .. left.Select(process => Text(process.Id))]) { RedirectStandardError = true })!;
            kill.WaitForExit();
        }
    }

    private string LogTails() => Directory.Exists(Logs)
        ? string.Join('\n', Directory.EnumerateFiles(Logs).Order().Select(file => $"\n--- {Path.GetFileName(file)} ---\n{string.Join('\n', File.ReadLines(file).TakeLast(80))}"))
        : "";

    private protected static string IdeCache() => Environment.GetEnvironmentVariable("WAIIDE_IDE_CACHE") is { Length: > 0 } said
        ? said
        : Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(Environment.GetEnvironmentVariable("HOME")!, ".cache"), "waiide", "ide");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>As an administrator would begin: at the root, on loopback.</summary>
public sealed class PlainHub() : JupyterHub;

[CollectionDefinition(Name)]
public sealed class PlainHubCollection : ICollectionFixture<PlainHub>
{
    public const string Name = "real hub";
}
