using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy.Spawners;

/// <summary>deploy/jupyterhub/docker/docker_cli_spawner.py with a docker command that takes its time, as one that pulls an image does.</summary>
public sealed class SlowStartTests
{
    private const string Docker = """
        #!/bin/sh
        cd "$(dirname "$0")"
        echo "$1" >> commands
        case $1 in
            ps) cat container 2> /dev/null || true ;;
            inspect) echo created ;;
            run) echo jupyter-ada > container; echo $$ > pid; exec sleep 600 ;;
            rm) rm container ;;
        esac
        """;

    private const string Program = """
        import asyncio, sys
        sys.path.insert(0, sys.argv[1])
        from docker_cli_spawner import DockerSpawner

        class Spawner(DockerSpawner):
            container_name, label = 'jupyter-ada', 'of=ada'
            def get_env(self): return {}
            def get_args(self): return []

        async def start():
            spawner = Spawner(start_timeout=1)
            try:
                await spawner.start()
            except asyncio.TimeoutError:
                print('too late,', await spawner.poll())

        asyncio.run(start())
        """;

    [SkippableFact]
    public async Task A_start_that_takes_too_long_is_broken_off_with_its_command_and_leaves_no_container()
    {
        Prerequisites.Need("jupyterhub");
        using var folder = new TempDirectory();
        string Beside(string name) => Path.Combine(folder.Path, name);
        await File.WriteAllTextAsync(Beside("docker"), Docker);
        File.SetUnixFileMode(Beside("docker"), UnixFileMode.UserRead | UnixFileMode.UserExecute);

        // By the Python that has JupyterHub.
        var said = await Podman.OutputAsync(
            "sh", "-c", "PATH=$1:$PATH; export PATH; exec $(sed -n '1s/^#!//p' \"$(command -v jupyterhub)\") -c \"$2\" deploy/jupyterhub/docker", "sh", folder.Path, Program);

        Assert.Equal("too late, 0", said.Trim());
        Assert.False(Directory.Exists($"/proc/{(await File.ReadAllTextAsync(Beside("pid"))).Trim()}"), "The docker command still runs.");
        Assert.Equal(["ps", "run", "ps", "inspect", "rm", "ps"], await File.ReadAllLinesAsync(Beside("commands")));
    }
}
