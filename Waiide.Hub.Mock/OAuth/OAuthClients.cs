using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.OAuth;

/// <summary>Who may ask for users: the servers that run. A stopped one was a client, and becomes another with its next start.</summary>
internal static class OAuthClients
{
    /// <summary>More than one where a dash means two things: the default server of a-b and the server b of a. What else a request says tells them apart.</summary>
    public static Server[] Find(HubState state, string clientId) =>
        [.. state.Servers.Where(server => server.ClientId == clientId && (server.IsAttached || server.State != ServerState.Stopped))];
}
