using System.Globalization;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>A hub in a process of its own, on free ports, with whatever settings a test needs; with users alice to root it is in <see cref="HubFixture"/>.</summary>
public sealed class RunningHub : IAsyncDisposable
{
    // Not WAIIDE_*: what the gateway starts is to carry it too.
    private const string MarkVariable = "TEST_HUB_RUN";

    private readonly Dictionary<string, string> _settings;
    private readonly TempDirectory _folder = new();
    private readonly string _mark = Guid.NewGuid().ToString("N");

    private RunningHub(Dictionary<string, string> settings) => _settings = settings;

    /// <summary>The program that plays a single-user server: Hub:Spawner:Cmd for hubs that start some.</summary>
    public static string SingleUserServer { get; } = Path.Combine(AppContext.BaseDirectory, "Hub", "SingleUser", "server.mjs");

    /// <summary>Where servers have their folders (Hub:Spawner:Folder), unless a test says otherwise.</summary>
    public string Folder => Path.Combine(_folder.Path, "servers");

    /// <summary>A program and arguments that become the hub at their end, when it is started again.</summary>
    public string[] Launcher { private get; set; } = [];

    /// <summary>Another program than that of the other tests, when it is started again: its whole path.</summary>
    public string? Program { private get; set; }

    public Uri Front { get; private init; } = null!;

    public Uri Api { get; private init; } = null!;

    internal ChildProcess Process { get; private set; } = null!;

    /// <summary>Starts a hub with these settings ("Users:alice" for Hub:Users:alice); servers are played by <see cref="SingleUserServer"/> unless Spawner:Cmd says otherwise.</summary>
    public static async Task<RunningHub> StartAsync(params (string Setting, string Value)[] settings)
    {
        var (front, api) = (Ports.Free(), Ports.Free());
        var variables = new Dictionary<string, string>
        {
            ["Hub__FrontPort"] = front.ToString(CultureInfo.InvariantCulture),
            ["Hub__ApiPort"] = api.ToString(CultureInfo.InvariantCulture),
            ["Hub__Database"] = ":memory:",
        };
        if (!settings.Any(entry => entry.Setting.StartsWith("Spawner:Cmd", StringComparison.Ordinal)))
        {
            (variables["Hub__Spawner__Cmd__0"], variables["Hub__Spawner__Cmd__1"]) = ("node", SingleUserServer);
        }

        foreach (var (setting, value) in settings)
        {
            variables[setting.StartsWith("OTEL_", StringComparison.Ordinal) ? setting : "Hub__" + setting.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var hub = new RunningHub(variables) { Front = new Uri($"http://127.0.0.1:{front}"), Api = new Uri($"http://127.0.0.1:{api}") };
        variables.TryAdd("Hub__Spawner__Folder", hub.Folder);

        // Carried by everything that is started here, whatever becomes of the hub.
        variables[MarkVariable] = variables["Hub__Spawner__Environment__" + MarkVariable] = hub._mark;
        await hub.StartAgainAsync();
        return hub;
    }

    /// <summary>Other settings for the next start; null takes one away.</summary>
    public void Change(params (string Setting, string? Value)[] settings)
    {
        foreach (var (setting, value) in settings)
        {
            var variable = "Hub__" + setting.Replace(":", "__", StringComparison.Ordinal);
            _settings.Remove(variable);
            if (value is not null)
            {
                _settings[variable] = value;
            }
        }
    }

    /// <summary>Starts the hub again with the same settings, after <see cref="StopAsync"/> or when it was killed.</summary>
    public async Task StartAgainAsync()
    {
        // What the hub starts by itself is the gateway that was built with it; the shipped hub of the tests has none beside it.
        var program = Program ?? (_settings.ContainsKey("Hub__Spawner__Cmd__0") ? "Waiide.Hub.Mock.dll" : Path.Combine(AppContext.BaseDirectory, "Waiide.Hub.Mock.dll"));
        Process = ChildProcess.StartDotnet(program, _settings, Launcher, []);
        await Process.WaitForOutput("Sign in at");
    }

    public async Task StopAsync() => await Process.DisposeAsync();

    public Browser NewBrowser() => new(Front);

    public async Task<Browser> SignedInAsync(string user, string password = "pw")
    {
        var browser = NewBrowser();
        using var answer = await browser.SignInAsync(user, password);
        Assert.Equal(System.Net.HttpStatusCode.Found, answer.StatusCode);
        return browser;
    }

    /// <summary>What runs of the servers that this hub has started, by the name that each has in its environment.</summary>
    internal IReadOnlyList<Processes.Found> Servers(string name = "") =>
        [.. Processes.With($"{MarkVariable}={_mark}", $"JUPYTERHUB_SERVER_NAME={name}").Where(process => process.Id != Process.Id)];

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        while (Processes.With($"{MarkVariable}={_mark}") is { Count: > 0 } left)
        {
            // Some of them may have ended since; kill(1) complains of it.
            using var kill = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("kill", ["-KILL", .. left.Select(process => process.Id.ToString(CultureInfo.InvariantCulture))]) { RedirectStandardError = true })!;
            await kill.WaitForExitAsync();
        }

        _folder.Dispose();
    }
}
