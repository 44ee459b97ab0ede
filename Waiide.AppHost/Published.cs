namespace Waiide.AppHost;

/// <summary>Where things are in the containers that are published; deploy/Containerfile makes these homes and opens these ports.</summary>
internal static class Published
{
    public const int GatewayPort = 8070;
    public const int IdePort = 8071;
    public const int HubPort = 8000;
    public const int HubApiPort = 8081;

    /// <summary>The network that a hub is not on: of the IDE and its gateway.</summary>
    public const string IdeNetwork = "ide";

    /// <summary>The home of the gateway and of the hub, as in Microsoft's images for .NET.</summary>
    public const string AppHome = "/home/app";

    /// <summary>The home of the person in the IDE.</summary>
    public const string IdeHome = "/home/calliope";
    public const string IdeData = $"{IdeHome}/.local/share/waiide";
    public const string Workspace = $"{IdeHome}/workspace";
}
