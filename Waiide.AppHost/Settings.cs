using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace Waiide.AppHost;

/// <summary>Who lets people in: a JupyterHub (the mock one), or the gateway by a token.</summary>
internal enum Mode
{
    JupyterHub,
    Standalone,
}

/// <summary>What a person may set about the topology: <c>--Waiide:Mode=standalone</c>, <c>Waiide__GatewayPort=8090</c> and so on.</summary>
internal sealed record Settings(
    Mode Mode, int HubPort, int HubApiPort, int GatewayPort, int IdePort, string IdeFolder, string Workspace, string DataDirectory)
{
    /// <summary>Reads and checks all settings; null when something is wrong, which is then said on standard error, all at once.</summary>
    public static Settings? Read(IDistributedApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var mistakes = new List<string>();
        var settings = new Settings(
            ReadMode(configuration["Waiide:Mode"], mistakes),
            HubPort: ReadPort(configuration, "Waiide:HubPort", 8000, mistakes),
            HubApiPort: ReadPort(configuration, "Waiide:HubApiPort", 8081, mistakes),
            GatewayPort: ReadPort(configuration, "Waiide:GatewayPort", 8070, mistakes),
            IdePort: ReadPort(configuration, "Waiide:IdePort", 8071, mistakes),
            IdeFolder: Path.GetFullPath("../ide", builder.AppHostDirectory),
            Workspace: Path.GetFullPath(configuration["WAIIDE_WORKSPACE"] ?? Path.Combine(Home, "waiide")),
            DataDirectory: Path.GetFullPath(configuration["WAIIDE_DATA_DIR"] ?? Path.Combine(DataHome(configuration), "waiide", "apphost")));

        // Tests let the engine choose the public ports, so nothing is fixed there.
        var portsAreFixed = builder.ExecutionContext.IsRunMode && !configuration.GetValue("DcpPublisher:RandomizePorts", false);
        if (mistakes.Count == 0 && portsAreFixed)
        {
            mistakes.AddRange(settings.PublicPorts().Where(port => IsBusy(port.Number)).Select(port =>
                $"Port {port.Number} is in use. End what listens there (lsof -i :{port.Number} shows it), or choose another port for {port.What}: --{port.Setting}={port.Number + 100}"));
        }

        if (mistakes.Count > 0)
        {
            mistakes.ForEach(Console.Error.WriteLine);
            return null;
        }

        Directory.CreateDirectory(settings.Workspace);
        Directory.CreateDirectory(settings.DataDirectory);
        if (!OperatingSystem.IsWindows())
        {
            // Keys and the IDE's state: nobody else's business.
            File.SetUnixFileMode(settings.DataDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return settings;
    }

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string DataHome(ConfigurationManager configuration) =>
        configuration["XDG_DATA_HOME"] is { Length: > 0 } data ? data : Path.Combine(Home, ".local", "share");

    private static Mode ReadMode(string? text, List<string> mistakes)
    {
        switch (text?.ToLowerInvariant())
        {
            case null or "" or "hub" or "jupyterhub":
                return Mode.JupyterHub;
            case "standalone":
                return Mode.Standalone;
            default:
                mistakes.Add($"Waiide:Mode is '{text}'; it is 'hub' (sign in at a JupyterHub, the default) or 'standalone' (sign in with a token).");
                return default;
        }
    }

    private static int ReadPort(ConfigurationManager configuration, string setting, int byDefault, List<string> mistakes)
    {
        var text = configuration[setting];
        if (string.IsNullOrEmpty(text))
        {
            return byDefault;
        }

        if (ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0)
        {
            return port;
        }

        mistakes.Add($"{setting} is '{text}'; it is a port number from 1 to 65535.");
        return byDefault;
    }

    private IEnumerable<(int Number, string What, string Setting)> PublicPorts()
    {
        if (Mode == Mode.JupyterHub)
        {
            yield return (HubPort, "the hub", "Waiide:HubPort");
            yield return (HubApiPort, "the hub's API", "Waiide:HubApiPort");
        }

        yield return (GatewayPort, "the gateway", "Waiide:GatewayPort");
        yield return (IdePort, "the IDE", "Waiide:IdePort");
    }

    private static bool IsBusy(int port)
    {
        // Without the option that .NET sets on listeners, a port whose last connections linger would count as busy.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return false;
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return true;
        }
    }
}
