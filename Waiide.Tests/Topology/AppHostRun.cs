using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>`dotnet run --project Waiide.AppHost` as a person starts it, as the leader of a session of its own, on ports that were free.</summary>
internal sealed partial class AppHostRun : IAsyncDisposable
{
    private readonly TempDirectory _workspace = new();
    private readonly TempDirectory _data = new();
    private readonly string _mark = $"WAIIDE_TEST_RUN_MARK={Guid.NewGuid():N}";
    private readonly ChildProcess _dotnetRun;
    private TempDirectory? _tools;

    private AppHostRun(string[] launcher, string[] arguments)
    {
        var start = new ProcessStartInfo("setsid") { WorkingDirectory = Repository.Root, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };

        // A suite that was started by nohup, or in the background of a script, ignores these signals, and its children would with it: a terminal's do not.
        foreach (var argument in (string[])
            ["env", "--default-signal=HUP,INT", .. launcher, "dotnet", "run", "--project", "Waiide.AppHost", "--no-build", "--configuration", Repository.Configuration, "--",
                $"--WAIIDE_WORKSPACE={_workspace.Path}", $"--WAIIDE_DATA_DIR={_data.Path}",
                "--ASPNETCORE_URLS=http://localhost:0", "--ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL=http://localhost:0",
                .. PortSettings.Select(setting => $"--Waiide:{setting}={Ports.Free()}"), .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[_mark.Split('=')[0]] = _mark.Split('=')[1];
        _dotnetRun = ChildProcess.Start(start);
    }

    private static readonly string[] PortSettings = ["HubPort", "HubApiPort", "GatewayPort", "IdePort", "FrontPort"];

    public string Workspace => _workspace.Path;

    public string DataDirectory => _data.Path;

    /// <summary>The outer `dotnet run`, whose process group is the terminal's foreground group.</summary>
    public int OuterId => _dotnetRun.Id;

    /// <summary>The AppHost itself.</summary>
    public int AppHostId => Processes.Single(_mark, "bin/" + Repository.Configuration + "/net10.0/Waiide.AppHost").Id;

    public ChildProcess DotnetRun => _dotnetRun;

    /// <summary>Every process that was started by this run, directly or not. Podman's name server is not the run's: all networks of the machine have one between them, with the variables of whoever needed it first.</summary>
    public IReadOnlyList<Processes.Found> AllProcesses => [.. Processes.With(_mark).Where(process => !process.CommandLine.Contains("/aardvark-dns ", StringComparison.Ordinal))];

    public static AppHostRun Start(params string[] arguments) => new([], arguments);

    /// <summary>With variables (NAME=value) in its environment.</summary>
    public static AppHostRun StartWith(string[] variables, params string[] arguments) => new(variables, arguments);

    /// <summary>In a network namespace that has loopback and nothing else, and with an npm that only fails.</summary>
    public static AppHostRun StartWithoutNetworkAndNpm()
    {
        var tools = new TempDirectory();
        var npm = Path.Combine(tools.Path, "npm");
        File.WriteAllText(npm, "#!/bin/sh\nexit 1\n");
        File.SetUnixFileMode(npm, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return new AppHostRun(["unshare", "-rn", "sh", "-c", $"ip link set lo up && PATH='{tools.Path}':$PATH exec \"$@\"", "sh"], []) { _tools = tools };
    }

    public Task IsReady() => _dotnetRun.WaitForOutput("everything healthy", TimeSpan.FromMinutes(5));

    /// <summary>Where the console says to click.</summary>
    public string Link => LinkLine().Match(_dotnetRun.Output).Groups[1].Value;

    /// <summary>The link that the console prints for the dashboard, with its token.</summary>
    public string DashboardLink => DashboardLine().Match(_dotnetRun.Output).Groups[1].Value;

    public async Task LeavesNothing(TimeSpan limit)
    {
        try
        {
            await Eventually.Is(() => AllProcesses.Count == 0, "nothing of the run is left", limit);
        }
        catch (Exception late)
        {
            throw new InvalidOperationException($"{late.Message}, but:\n{string.Join('\n', AllProcesses)}\n{_dotnetRun.Output}", late);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in AllProcesses)
        {
            Process.Start("kill", ["-KILL", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        }

        await _dotnetRun.DisposeAsync();
        _workspace.Dispose();
        _data.Dispose();
        _tools?.Dispose();
    }

    [GeneratedRegex(@"Login to the dashboard at (\S+)")]
    private static partial Regex DashboardLine();

    [GeneratedRegex(@"Open\s+(\S+)")]
    private static partial Regex LinkLine();
}
