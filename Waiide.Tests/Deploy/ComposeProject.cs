using System.Diagnostics;
using System.Globalization;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>A compose file of deploy/compose as it is, carried by docker-compose and a podman that answers as docker does. Its containers, volumes and networks are gone afterwards.</summary>
internal sealed class ComposeProject : IAsyncDisposable
{
    // The published ports are then ports of that network, whoever else has them on this machine; and so are the names of its containers.
    private static readonly string[] OnANetworkOfItsOwn =
        ["unshare", "--net", "--mount", "sh", "-c", "mkdir -p /run/containers/networks && mount -t tmpfs none /run/containers/networks && ip link set lo up && exec \"$@\"", "sh"];

    private readonly TempDirectory _folder = new();
    private readonly string _file;
    private readonly bool _isApart;
    private ChildProcess? _engine;
    private bool _hasBegun;

    private ComposeProject(string file, bool isApart) => (_file, _isApart) = (file, isApart);

    public string Name { get; } = $"waiidetest{Guid.NewGuid():N}"[..18];

    /// <summary>Where the compose file is, with .env beside it.</summary>
    public string Folder => Path.Combine(_folder.Path, "compose");

    private string Socket => Path.Combine(_folder.Path, "podman.sock");

    private string Storage => Path.Combine(_folder.Path, "storage.conf");

    /// <summary>Lays out what an operator has of deploy/ and starts the engine; <paramref name="isApart"/>: on a network of its own.</summary>
    public static async Task<ComposeProject> OfAsync(string file, bool isApart)
    {
        Prerequisites.Need("podman", "runc", "netavark", "aardvark", "iptables", "compose", "mmdebstrap", "gcc", "openssl", "node", "npm", "ip", "unshare", "curl");
        Skip.If(isApart && !Environment.IsPrivilegedProcess, "An engine on a network of its own, with mounts of its own, is for root alone.");
        var project = new ComposeProject(file, isApart);
        try
        {
            await project.BeginAsync();
            return project;
        }
        catch
        {
            await project.DisposeAsync();
            throw;
        }
    }

    public Task UpAsync()
    {
        _hasBegun = true;
        return ComposeAsync("up", "--detach");
    }

    public Task DownAsync(params string[] options) => ComposeAsync(["down", "--timeout", "10", .. options]);

    public Task<string> LogsAsync(string service) => ComposeAsync("logs", "--no-color", service);

    /// <summary>Whether the health check of a service is content, which is asked now.</summary>
    public async Task<bool> IsHealthyAsync(string service) => (await Podman.RunAsync("podman", "healthcheck", "run", Container(service))).Code == 0;

    /// <summary>What a command prints in the container of a service.</summary>
    public async Task<string> ExecAsync(string service, params string[] command) => (await HereAsync("podman", ["exec", Container(service), .. command])).Trim();

    /// <summary>The ports of a service that are opened on this machine: "8070/tcp -> 127.0.0.1:8070".</summary>
    public async Task<string[]> PortsAsync(string service) => (await HereAsync("podman", "port", Container(service))).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A field of "podman inspect", as a template of Go says it.</summary>
    public async Task<string> InspectAsync(string service, string template) => (await HereAsync("podman", "inspect", "--format", template, Container(service))).Trim();

    /// <summary>What a program prints that sees the project's published ports.</summary>
    public Task<string> HereAsync(string program, params string[] arguments)
    {
        var line = Here(program, arguments);
        return Podman.OutputAsync(line[0], line[1..]);
    }

    /// <summary>The lines that curl prints; it fails on nothing but a server that does not answer.</summary>
    public Task<string> CurlAsync(params string[] arguments) => HereAsync("curl", ["--silent", "--show-error", "--max-time", "60", .. arguments]);

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_hasBegun)
            {
                await DownAsync("--volumes");
            }
        }
        catch
        {
            var line = Here("sh", "-c", $"podman ps --all --quiet --filter label=com.docker.compose.project={Name} | xargs --no-run-if-empty podman rm --force --volumes --time 0");
            await Podman.RunAsync(line[0], line[1..]);
            throw;
        }
        finally
        {
            if (_engine is not null)
            {
                await _engine.DisposeAsync();
            }

            _folder.Dispose();
        }
    }

    private async Task BeginAsync()
    {
        foreach (var part in (string[])["compose", "nginx"])
        {
            await Podman.OutputAsync("cp", "-r", Path.Combine("deploy", part), _folder.Path);
        }

        string[] line = [.. _isApart ? OnANetworkOfItsOwn : [], "podman", "system", "service", "--time=0", "unix://" + Socket];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CONTAINERS_CONF"] = Podman.Environment["CONTAINERS_CONF"];
        if (_isApart)
        {
            await HasContainersOfItsOwnAsync();
            start.Environment["CONTAINERS_STORAGE_CONF"] = Storage;
        }

        _engine = ChildProcess.Start(start);
        await Eventually.Is(() => File.Exists(Socket), "podman answers");
    }

    // Other podmans would look at its containers, too, and fail where they cannot see their networks. Images are everybody's.
    private async Task HasContainersOfItsOwnAsync()
    {
        var store = (await Podman.OutputAsync("podman", "info", "--format", "{{.Store.GraphDriverName}} {{.Store.GraphRoot}}")).Trim().Split(' ');
        await File.WriteAllTextAsync(Storage, $"""
            [storage]
            driver = "{store[0]}"
            graphroot = "{_folder.Path}/containers"
            runroot = "{_folder.Path}/run"
            [storage.options]
            additionalimagestores = ["{store[1]}"]
            """);
    }

    private string[] Here(string program, params string[] arguments) =>
    [
        .. _isApart ? (string[])["nsenter", "--target", _engine!.Id.ToString(CultureInfo.InvariantCulture), "--net", "--mount", "env", $"CONTAINERS_STORAGE_CONF={Storage}"] : [], program, .. arguments,
    ];

    private string Container(string service) => $"{Name}_{service}_1";

    // USER is what most shells have; a service of a machine has none.
    private Task<string> ComposeAsync(params string[] arguments) => Podman.OutputAsync(
        "env", ["--chdir", Folder, $"DOCKER_HOST=unix://{Socket}", "USER=ada", "docker-compose", "--project-name", Name, "--file", _file, .. arguments]);
}
