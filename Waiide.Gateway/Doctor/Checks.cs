namespace Waiide.Gateway.Doctor;

/// <summary>The names of the checks, which scripts may rely on; docs/troubleshooting.md has a row for each.</summary>
internal static class Checks
{
    internal const string Settings = "settings";
    internal const string HubDns = "hub-dns";
    internal const string HubTcp = "hub-tcp";
    internal const string HubApi = "hub-api";
    internal const string Clock = "clock";
    internal const string Token = "token";
    internal const string Activity = "activity";
    internal const string OAuthClient = "oauth-client";
    internal const string RedirectUri = "redirect-uri";
    internal const string AccessScopes = "access-scopes";
    internal const string CookiePath = "cookie-path";
    internal const string ServiceUrl = "service-url";
    internal const string Port = "port";
    internal const string Ide = "ide";
    internal const string WebSocket = "websocket";
    internal const string Front = "front";
    internal const string FrontHost = "front-host";
    internal const string FrontScheme = "front-scheme";
    internal const string FrontLogin = "front-login";
    internal const string FrontWebSocket = "front-websocket";
    internal const string FrontQuiet = "front-quiet";
    internal const string IdeProgram = "ide-program";
    internal const string Setsid = "setsid";
    internal const string Memory = "memory";
    internal const string DataDirectory = "data-directory";
    internal const string Workspace = "workspace";
    internal const string OpenFiles = "open-files";
    internal const string Inotify = "inotify";

    internal static readonly IReadOnlyList<string> All =
    [
        Settings, HubDns, HubTcp, HubApi, Clock, Token, Activity, OAuthClient, RedirectUri, AccessScopes, CookiePath,
        ServiceUrl, Port, Ide, WebSocket, Front, FrontHost, FrontScheme, FrontLogin, FrontWebSocket, FrontQuiet,
        IdeProgram, Setsid, Memory, DataDirectory, Workspace, OpenFiles, Inotify,
    ];
}
