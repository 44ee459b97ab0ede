using System.Collections;
using System.ComponentModel;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>Starts servers as processes of this machine, under the hub's own user: JupyterHub's LocalProcessSpawner, without its change of user.</summary>
internal sealed partial class LocalSpawner(HubOptions options, HubState state, Limits limits, ILogger<LocalSpawner> logger) : IDisposable
{
    // The hub's environment is what it was started with.
    private readonly IReadOnlyDictionary<string, string> _environment =
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!, StringComparer.Ordinal);

    private readonly Lock _choosing = new();
    private readonly Lock _holding = new();
    private IDisposable? _folder;

    public void Dispose() => _folder?.Dispose();

    /// <summary>Starts the server's process and says where it is to be found (<see cref="Server.Url"/>). Throws <see cref="SpawnException"/>.</summary>
    public SpawnedProcess Start(Server server, string apiToken)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new SpawnException("Servers can be started on Linux only.");
        }

        var spawner = options.Spawner;
        var command = spawner.Cmd.Count > 0 ? spawner.Cmd : GatewayServer.Command()
            ?? throw new SpawnException("Waiide.Gateway was not found: put it beside the hub, or set Hub:Spawner:Cmd to the program to start.");
        var url = Place(server);
        var home = ServerFolders.Home(server, spawner);
        var output = ServerFolders.Output(server, spawner);
        var environment = ServerEnvironment.Of(server, apiToken, string.Create(CultureInfo.InvariantCulture, $"http://{spawner.Ip}:{url.Port}{server.Prefix}"), home, options, _environment);
        if (spawner.Cmd.Count == 0)
        {
            foreach (var (name, value) in GatewayServer.Environment(server, url.Port, options, _environment))
            {
                environment.TryAdd(name, value); // Hub:Spawner:Environment wins.
            }
        }

        try
        {
            lock (_holding)
            {
                _folder ??= ServerFolders.Hold(spawner);
            }

            ServerFolders.Make(home);
            ServerFolders.Make(Path.GetDirectoryName(output)!);
            File.Delete(ServerFolders.Earlier(output));
            var id = Posix.Start(ProgramOf(command[0], environment), [.. command, .. spawner.Args], environment, home, output);
            limits.Apply(server, id);
            Log.Started(logger, new LogText(server.LogName), command[0], id, url, output);
            return SpawnedProcess.OfChild(id);
        }
        catch (Exception failure) when (failure is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new SpawnException($"{command[0]} could not be started in {home}: {failure.Message}.", failure);
        }
    }

    // Where it is to be found, which is noted before another server is given a place.
    private Uri Place(Server server)
    {
        try
        {
            lock (_choosing)
            {
                var given = state.Servers.Select(other => other.Url?.Port).OfType<int>().ToHashSet();
                var port = ServerPorts.Choose(IPAddress.TryParse(options.Spawner.Ip, out var address) ? address : IPAddress.Any, given);
                return server.Url = new Uri($"http://{ConnectAddress()}:{port}");
            }
        }
        catch (SocketException failure)
        {
            throw new SpawnException($"No server can listen on {options.Spawner.Ip} (Hub:Spawner:Ip): {failure.Message}.", failure);
        }
    }

    // As a shell finds it, in the PATH that the server is given.
    private static string ProgramOf(string command, Dictionary<string, string> environment) => command.Contains('/')
        ? command
        : environment.GetValueOrDefault("PATH", "/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists)
            ?? throw new SpawnException($"{command} is not on the servers' PATH: set Hub:Spawner:Cmd to its full path, or PATH in Hub:Spawner:Environment.");

    // An address to listen on is not always one to connect to.
    private string ConnectAddress() => options.Spawner.Ip switch
    {
        "" or "0.0.0.0" or "::" => "127.0.0.1",
        var address when address.Contains(':') => $"[{address}]",
        var address => address,
    };

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Server} is started: {Program}, process {Id}, at {Url}. What it prints is in {Output}.")]
        public static partial void Started(ILogger logger, LogText server, string program, int id, Uri url, string output);
    }
}
