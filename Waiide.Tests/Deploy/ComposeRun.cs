using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>deploy/try-compose as an operator runs it, for a project of its own on a port that was free; its containers, volumes and network are gone afterwards.</summary>
internal sealed partial class ComposeRun : IAsyncDisposable
{
    private readonly TempDirectory _parent = new();
    private readonly int _port = Ports.Free();

    public ComposeRun()
    {
        // The name of the folder is the project's.
        Project = $"waiidetest{Guid.NewGuid():N}"[..18];
        Directory = Path.Combine(_parent.Path, Project);
    }

    public string Project { get; }

    public string Directory { get; }

    public Uri Address => new($"http://localhost:{_port.ToString(CultureInfo.InvariantCulture)}/");

    /// <summary>Publishes, builds, starts, waits until everything is healthy; returns the link that the script prints.</summary>
    public async Task<Uri> UpAsync()
    {
        var output = await RunAsync("deploy/try-compose", "up", Directory, "--without-registry");
        var link = LinkLine().Match(output);
        Assert.True(link.Success, output);
        return new Uri(link.Groups[1].Value);
    }

    public Task DownAsync(params string[] options) => RunAsync("deploy/try-compose", ["down", Directory, .. options]);

    /// <summary>The ports of a service that are opened on this machine: "8070/tcp -> 127.0.0.1:8070".</summary>
    public async Task<string> PortsAsync(string service) => (await RunAsync("podman", "port", Container(service))).Trim();

    /// <summary>What a command prints in the container of a service.</summary>
    public async Task<string> ExecAsync(string service, params string[] command) => (await RunAsync("podman", ["exec", Container(service), .. command])).Trim();

    /// <summary>Containers, volumes and networks of this project, by name.</summary>
    public async Task<IReadOnlyList<string>> LeftoversAsync() =>
    [
        .. Lines(await RunAsync("podman", "ps", "--all", "--format", "{{.Names}}")),
        .. Lines(await RunAsync("podman", "volume", "ls", "--format", "{{.Name}}")),
        .. Lines(await RunAsync("podman", "network", "ls", "--format", "{{.Name}}")),
    ];

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(Directory, "docker-compose.yaml")))
        {
            await DownAsync("--volumes");
        }

        _parent.Dispose();
    }

    private string Container(string service) => $"{Project}_{service}_1";

    private IEnumerable<string> Lines(string output) => output.Split('\n').Where(line => line.StartsWith(Project, StringComparison.Ordinal));

    private async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program.Contains('/', StringComparison.Ordinal) ? Path.Combine(Repository.Root, program) : program, arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Waiide__GatewayPort"] = _port.ToString(CultureInfo.InvariantCulture);
        start.Environment["DOTNET_RUN_OPTIONS"] = $"--no-build --configuration {Repository.Configuration}";

        await using var process = ChildProcess.Start(start);
        // The first time the images are built, from packages that have to be fetched.
        var code = await process.WaitForExit(TimeSpan.FromMinutes(6));
        Assert.True(code == 0, $"{program} {string.Join(' ', arguments)} ended with {code}:\n{process.Output}");
        return process.Output;
    }

    [GeneratedRegex("^Open (http[^ ]*)$", RegexOptions.Multiline)]
    private static partial Regex LinkLine();
}
