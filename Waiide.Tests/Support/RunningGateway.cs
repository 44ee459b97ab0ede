using System.Globalization;
using System.Net;

namespace Waiide.Tests.Support;

/// <summary>A gateway process with a recording IDE behind it, and a hub where the test wants one.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private readonly TempDirectory _data = new();

    private Dictionary<string, string> _environment = [];

    private RunningGateway(int port, StubIde ide, StubHub? hub) => (Port, Ide, Hub) = (port, ide, hub);

    public int Port { get; }

    public StubIde Ide { get; }

    public StubHub? Hub { get; }

    public ChildProcess Process { get; private set; } = null!;

    /// <summary>The token of the standalone gateways of the tests.</summary>
    public const string Token = "a-token-for-the-tests-only";

    public string Authority => "127.0.0.1:" + Port.ToString(CultureInfo.InvariantCulture);

    public Uri Url => new($"http://{Authority}/");

    /// <summary>What the process was started with.</summary>
    public IReadOnlyDictionary<string, string> Environment => _environment;

    public string DataDirectory => _data.Path;

    /// <summary>Starts without a hub.</summary>
    public static Task<RunningGateway> StandaloneAsync(params (string Name, string Value)[] environment) => StartAsync(null, environment);

    /// <summary>Starts under <paramref name="hub"/>, which is disposed with the gateway.</summary>
    public static async Task<RunningGateway> StartAsync(StubHub? hub, params (string Name, string Value)[] environment)
    {
        var gateway = await PrepareAsync(hub, environment);
        await gateway.StartProcessAsync();
        return gateway;
    }

    /// <summary>Starts with an IDE of its own that is not installed: the ports of the gateway's machine are reached all the same.</summary>
    public static async Task<RunningGateway> WithoutIdeAsync(StubHub? hub, params (string Name, string Value)[] environment)
    {
        var gateway = await PrepareAsync(hub, [("WAIIDE_IDE_URL", ""), ("WAIIDE_IDE_COMMAND", "/nowhere/code-server"), .. environment]);
        await gateway.ListenAsync();
        return gateway;
    }

    /// <summary>The same gateway in a new process, with other settings where they are given.</summary>
    public async Task RestartAsync(params (string Name, string Value)[] environment)
    {
        await Process.DisposeAsync();
        foreach (var (name, value) in environment)
        {
            _environment[name] = value;
        }

        await StartProcessAsync();
    }

    /// <summary>The same gateway in a new process, which need not find its IDE.</summary>
    public async Task RestartWithoutWaitingAsync()
    {
        await Process.DisposeAsync();
        await ListenAsync();
    }

    public Browser Browser(string? hubUser = null) => new(this, hubUser);

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        await Ide.DisposeAsync();
        if (Hub is not null)
        {
            await Hub.DisposeAsync();
        }

        _data.Dispose();
    }

    private static async Task<RunningGateway> PrepareAsync(StubHub? hub, (string Name, string Value)[] environment)
    {
        var said = environment.Where(variable => variable.Name is "PORT" or "JUPYTERHUB_PORT").Select(variable => int.TryParse(variable.Value, out var port) ? port : 0).FirstOrDefault(port => port > 0);
        var gateway = new RunningGateway(said > 0 ? said : Ports.Free(), await StubIde.StartAsync(), hub);
        var variables = hub?.Environment(gateway.Port) ?? new Dictionary<string, string> { ["WAIIDE_TOKEN"] = Token };
        variables["PORT"] = gateway.Port.ToString(CultureInfo.InvariantCulture);
        variables["WAIIDE_DATA_DIR"] = gateway.DataDirectory;
        variables["WAIIDE_ASSET_CACHE"] = "none"; // Nothing of a test's stays in the cache of whoever runs it.
        variables["WAIIDE_IDE_URL"] = gateway.Ide.Url.ToString();
        foreach (var (name, value) in environment)
        {
            variables[name] = value;
        }

        gateway._environment = variables.Where(variable => variable.Value.Length > 0 || variable.Key == "JUPYTERHUB_SERVER_NAME").ToDictionary();
        return gateway;
    }

    private async Task ListenAsync()
    {
        Process = ChildProcess.StartDotnet("Waiide.Gateway.dll", _environment);
        await Process.WaitForOutput(" listens on ");
    }

    private async Task StartProcessAsync()
    {
        await ListenAsync();
        using var client = new HttpClient();
        await Eventually.Is(
            async () =>
            {
                using var answer = await client.GetAsync(new Uri(Url, "/health"));
                return answer.StatusCode == HttpStatusCode.OK;
            },
            "the gateway finds the stub IDE healthy");
    }
}
