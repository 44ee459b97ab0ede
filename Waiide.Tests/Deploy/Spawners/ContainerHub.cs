using System.Diagnostics;
using Waiide.Tests.RealHub;
using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy.Spawners;

/// <summary>
/// A hub by deploy/jupyterhub/docker, as it is, on a network of its own of podman's. Its spawner is the one that calls the docker command: which podman answers, as docker
/// does, on a socket.
/// </summary>
public sealed class ContainerHub : JupyterHub
{
    private readonly string _name = $"waiidetest{Guid.NewGuid():N}"[..18];
    private readonly TempDirectory _folder = new();
    private ChildProcess? _engine;
    private string _ip = "";
    private bool _hasNetwork;

    protected override string Template => Path.Combine(Repository.Root, "deploy", "jupyterhub", "docker", "jupyterhub_config.py");

    protected override string HubIp => _ip;

    /// <summary>A name for a user whose containers and volumes are nobody else's on this machine.</summary>
    public string User(string name) => name + _name["waiidetest".Length..];

    protected override async Task<Dictionary<string, string>> PrepareAsync()
    {
        Prerequisites.Need("docker");
        var image = await WaiideContainer.ImageAsync();
        var socket = Path.Combine(_folder.Path, "podman.sock");
        if (_engine is null)
        {
            await Podman.OutputAsync("podman", "network", "create", _name);
            _hasNetwork = true;
            _ip = (await Podman.OutputAsync("podman", "network", "inspect", "--format", "{{(index .Subnets 0).Gateway}}", _name)).Trim();
            // This machine has its address on the network, and the hub something to listen on, from podman's first container there on.
            await Podman.OutputAsync("podman", "run", "--detach", "--name", _name, "--network", _name, "--entrypoint", "sleep", image, "infinity");
            _engine = StartEngine(socket);
            await Eventually.Is(() => File.Exists(socket), $"podman listens. It printed:\n{_engine.Output}");
        }

        return new(Podman.Environment)
        {
            ["DOCKER_HOST"] = $"unix://{socket}",
            ["WAIIDE_SPAWNER"] = "docker-cli",
            ["WAIIDE_IMAGE"] = image,
            ["WAIIDE_NETWORK"] = _name,
            ["WAIIDE_HUB_IP"] = _ip,
        };
    }

    /// <summary>What a line of shell prints in a container.</summary>
    internal static async Task<string> ShellAsync(string container, string line) => (await Podman.OutputAsync("podman", "exec", container, "sh", "-c", line)).Trim();

    /// <summary>The containers of a user's servers that the engine has, running or not.</summary>
    internal static async Task<string[]> ContainersAsync(string user) =>
        (await Podman.OutputAsync("podman", "ps", "--all", "--filter", $"name=^{user}", "--format", "{{.Names}}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public override async Task DisposeAsync()
    {
        if (_hasNetwork)
        {
            // The network's containers are ours, and so are the volumes that have our users' names.
            await Podman.RunAsync("sh", "-c", $"podman ps --all --quiet --filter network={_name} | xargs --no-run-if-empty podman rm --force --time 0");
            await Podman.RunAsync("sh", "-c", $"podman volume ls --quiet | grep {User("")} | xargs --no-run-if-empty podman volume rm");
            await Podman.RunAsync("podman", "network", "rm", "--force", _name);
        }

        await base.DisposeAsync();
        if (_engine is not null)
        {
            await _engine.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static ChildProcess StartEngine(string socket)
    {
        var start = new ProcessStartInfo("podman", ["system", "service", "--time=0", $"unix://{socket}"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Podman.Environment)
        {
            start.Environment[name] = value;
        }

        return ChildProcess.Start(start);
    }
}
