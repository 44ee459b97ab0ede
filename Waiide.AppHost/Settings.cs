using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Waiide.AppHost;

/// <summary>Who lets people in: a JupyterHub (the mock one), or the gateway by a token.</summary>
internal enum Mode
{
    JupyterHub,
    Standalone,
}

/// <summary>Who speaks TLS to browsers: nobody, nginx in a container, or the nginx of this machine.</summary>
internal enum FrontKind
{
    None,
    Container,
    Process,
}

/// <summary>What a person may set about the topology: <c>--Waiide:Mode=standalone</c>, <c>Waiide__GatewayPort=8090</c> and so on.</summary>
internal sealed record Settings(
    bool IsPublished, Mode Mode, int HubPort, int HubApiPort, int GatewayPort, int IdePort, string IdeFolder, string Workspace, string DataDirectory,
    FrontKind Front, int FrontPort, string FrontImage, string? IdeImage, Lazy<ContainerEngine?> Engine)
{
    /// <summary>The ports within the containers that are published; null: on this machine the engine chooses where processes listen.</summary>
    public int? GatewayTarget => IsPublished ? Published.GatewayPort : null;

    public int? HubTarget => IsPublished ? Published.HubPort : null;

    public int? HubApiTarget => IsPublished ? Published.HubApiPort : null;

    /// <summary>Where servers call the hub; null: published, it is reached between containers only.</summary>
    public int? HubApiPublicPort => IsPublished ? null : HubApiPort;

    /// <summary>Demo users are for this machine; a hub that is published has an administrator.</summary>
    public string HubUser => IsPublished ? "admin" : "demo";

    private static string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>Reads and checks all settings; null when something is wrong, which is then said on standard error, all at once.</summary>
    public static Settings? Read(IDistributedApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var mistakes = new List<string>();
        var dataHome = configuration["XDG_DATA_HOME"] is { Length: > 0 } set ? set : Path.Combine(Home, ".local", "share");
        var isPublished = builder.ExecutionContext.IsPublishMode;
        var engine = new Lazy<ContainerEngine?>(() => ContainerEngine.Find(configuration));
        var settings = new Settings(
            isPublished,
            // A hub of ours is for this machine; elsewhere it has to be asked for by name.
            ReadMode(configuration["Waiide:Mode"], isPublished ? Mode.Standalone : Mode.JupyterHub, mistakes),
            HubPort: ReadPort(configuration, "Waiide:HubPort", 8000, mistakes),
            HubApiPort: ReadPort(configuration, "Waiide:HubApiPort", 8081, mistakes),
            GatewayPort: ReadPort(configuration, "Waiide:GatewayPort", 8070, mistakes),
            IdePort: ReadPort(configuration, "Waiide:IdePort", 8071, mistakes),
            IdeFolder: Path.GetFullPath("../ide", builder.AppHostDirectory),
            Workspace: isPublished ? Published.Workspace : ReadFolder(configuration, "WAIIDE_WORKSPACE", Path.Combine(Home, "waiide"), mistakes),
            DataDirectory: isPublished ? $"{Published.AppHome}/waiide" : ReadFolder(configuration, "WAIIDE_DATA_DIR", Path.Combine(dataHome, "waiide", "apphost"), mistakes),
            Front: ReadFront(configuration, isRun: !isPublished, engine, mistakes),
            FrontPort: ReadPort(configuration, "Waiide:FrontPort", 8443, mistakes),
            FrontImage: configuration["Waiide:FrontImage"] is { Length: > 0 } image ? image : "nginx:1.28-alpine",
            IdeImage: isPublished ? null : ReadIdeImage(configuration, engine),
            engine);

        if (mistakes.Count == 0 && !isPublished)
        {
            Folders.Prepare(settings, mistakes);

            // In tests the engine chooses the public ports, and one process may describe the topology many times.
            if (!configuration.GetValue("DcpPublisher:RandomizePorts", false))
            {
                PublicPorts.Check(settings.Ports, mistakes);
                Folders.Lock(settings, mistakes);
            }
        }

        mistakes.ForEach(Console.Error.WriteLine);
        return mistakes.Count == 0 ? settings : null;
    }

    private IReadOnlyList<PublicPort> Ports =>
    [
        .. Mode == Mode.JupyterHub ? [new PublicPort(HubPort, "the hub", "Waiide:HubPort"), new PublicPort(HubApiPort, "the hub's API", "Waiide:HubApiPort")] : Array.Empty<PublicPort>(),
        new PublicPort(GatewayPort, "the gateway", "Waiide:GatewayPort"),
        new PublicPort(IdePort, "the IDE", "Waiide:IdePort"),
        .. Front != FrontKind.None ? [new PublicPort(FrontPort, "the TLS front", "Waiide:FrontPort")] : Array.Empty<PublicPort>(),
    ];

    private static Mode ReadMode(string? text, Mode byDefault, List<string> mistakes)
    {
        switch (text?.ToLowerInvariant())
        {
            case null or "":
                return byDefault;
            case "hub" or "jupyterhub":
                return Mode.JupyterHub;
            case "standalone":
                return Mode.Standalone;
            default:
                mistakes.Add($"Waiide:Mode is '{text}'; it is 'hub' (sign in at a JupyterHub, the default of a run) or 'standalone' (sign in with a token, the default of what is published).");
                return default;
        }
    }

    private static FrontKind ReadFront(ConfigurationManager configuration, bool isRun, Lazy<ContainerEngine?> engine, List<string> mistakes)
    {
        const string OrLeaveItOut = "or leave Waiide:Front out, and browsers come by plain http.";
        switch (configuration["Waiide:Front"]?.ToLowerInvariant())
        {
            case null or "" or "false":
                return FrontKind.None;
            case not null when !isRun:
                mistakes.Add("Waiide:Front is for a run on this machine. What is published stands behind a proxy of yours that speaks TLS (docs/publishing.md): leave Waiide:Front out.");
                return default;
            case "container" when engine.Value is not null:
            case "true" when engine.Value is { ReachesThisMachine: true }:
                return FrontKind.Container;
            case "process" or "true" when InstalledNginx.IsThere:
                return FrontKind.Process;
            case "true" when engine.Value is { Name: var name }:
                mistakes.Add($"Waiide:Front=true needs nginx on this machine (apt-get install nginx): containers of {name}, which runs without root or in a virtual machine, do not reach the gateway. Install it, {OrLeaveItOut}");
                return default;
            case "true":
                mistakes.Add($"Waiide:Front=true needs nginx on this machine (apt-get install nginx) or a container engine that answers (docker or podman); neither is there. Install one, {OrLeaveItOut}");
                return default;
            case "container":
                mistakes.Add($"Waiide:Front=container needs a container engine that answers, docker or podman. Start one, or use the nginx of this machine: --Waiide:Front=process, {OrLeaveItOut}");
                return default;
            case "process":
                mistakes.Add($"Waiide:Front=process needs nginx on this machine. Install it (apt-get install nginx), {OrLeaveItOut}");
                return default;
            case { } other:
                mistakes.Add($"Waiide:Front is '{other}'; it is 'true' (TLS by nginx: in a container where an engine answers and containers reach this machine, else the nginx of this machine), 'container', 'process' or 'false' (the default).");
                return default;
        }
    }

    private static string? ReadIdeImage(ConfigurationManager configuration, Lazy<ContainerEngine?> engine)
    {
        var image = configuration["Ide:Image"];
        if (string.IsNullOrEmpty(image))
        {
            return null;
        }

        if (engine.Value is not null)
        {
            return image;
        }

        Console.WriteLine($"ide: runs as a process of this machine, not from the image {image}, because no container engine (docker or podman) answers.");
        return null;
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

    private static string ReadFolder(ConfigurationManager configuration, string setting, string byDefault, List<string> mistakes)
    {
        var text = configuration[setting];
        if (string.IsNullOrEmpty(text))
        {
            return byDefault;
        }

        // `dotnet run` moves to the project's folder, so a relative path would not mean what the person meant.
        if (!Path.IsPathFullyQualified(text))
        {
            mistakes.Add($"{setting} is '{text}'; it must be a full path, such as {Path.Combine(Home, "waiide")}.");
        }

        return text;
    }
}
