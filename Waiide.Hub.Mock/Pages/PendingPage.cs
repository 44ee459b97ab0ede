using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>Shown until a server answers; then the hub leads on by itself.</summary>
internal static class PendingPage
{
    public static Html Of(HubOptions options, Server server, User user) => Layout.Page(options, "Starting", Html.Of($"""
        <h1>Your server is starting</h1>
        <p class="state pending" role="status">It opens here as soon as it answers.</p>
        <p class="soft">{server.Prefix}</p>
        """), user, refreshSeconds: 2);
}
