using System.Globalization;
using System.Net.Http.Headers;

namespace Waiide.Tests.Support;

/// <summary>A standalone gateway that starts the real IDE and supervises it, as in the image, with a workspace and a data directory of its own.</summary>
internal sealed class GatewayWithIde : IAsyncDisposable
{
    public const string Token = "token-of-the-tests-with-an-ide";

    private readonly TempDirectory _workspace = new();
    private readonly TempDirectory _data = new();
    private readonly int _port = Ports.Free();

    public ChildProcess Process { get; private set; } = null!;

    public string DataDirectory => _data.Path;

    public Uri Url => new($"http://localhost:{_port}/");

    /// <summary>Skips the test where a prerequisite is missing; returns when the IDE can be used.</summary>
    public static async Task<GatewayWithIde> StartAsync(params (string Name, string Value)[] environment)
    {
        Prerequisites.Need("node", "npm", "chromium", "setsid");
        var gateway = new GatewayWithIde();
        var variables = new Dictionary<string, string>
        {
            ["PORT"] = gateway._port.ToString(CultureInfo.InvariantCulture),
            ["WAIIDE_TOKEN"] = Token,
            ["WAIIDE_WORKSPACE"] = gateway._workspace.Path,
            ["WAIIDE_DATA_DIR"] = gateway._data.Path,

            // Shared by the tests, for each to compress it anew takes seconds; and not the one of whoever runs them.
            ["WAIIDE_ASSET_CACHE"] = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "waiide", "assets-of-tests"),
            ["WAIIDE_IDE_COMMAND"] = Path.Combine(Repository.Root, "ide", "code-server"),
        };
        foreach (var (name, value) in environment)
        {
            variables[name] = value;
        }

        gateway.Process = ChildProcess.StartDotnet("Waiide.Gateway.dll", variables);
        await gateway.Process.WaitForOutput("The IDE can be used.", TimeSpan.FromMinutes(5));
        return gateway;
    }

    /// <summary>The path of a file in the workspace.</summary>
    public string FileOf(string name) => Path.Combine(_workspace.Path, name);

    /// <summary>A program with the token.</summary>
    public HttpClient Program() => new() { BaseAddress = Url, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("token", Token) } };

    /// <summary>A person opens the login link in a browser of their own and waits for VS Code.</summary>
    public async Task<Workbench> OpenAsync(Chromium chromium)
    {
        var page = await chromium.NewPageAsync();
        await page.GotoAsync($"{Url}login?token={Token}");
        var workbench = new Workbench(page);
        await workbench.IsOpen();
        return workbench;
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        _workspace.Dispose();
        _data.Dispose();
    }
}
