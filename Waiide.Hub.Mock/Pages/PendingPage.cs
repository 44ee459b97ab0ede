using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>Shown until a server answers; then the hub leads on by itself.</summary>
internal static class PendingPage
{
    public static Html Of(HubOptions options, Server server, User user)
    {
        var whose = server.User == user ? "Your server" : $"A server of {server.User.Name}";
        var isStopping = server.State == ServerState.Stopping;
        var card = Html.Of($"""
            <div data-server="api/{server.ApiPath}" data-name="{ServerPart.NameOf(server)}" data-state="{ServerPart.StateOf(server)}"{new Html(server.IsAttached ? " data-attached" : "")}>
            <h1 tabindex="-1">{whose}{ServerPart.Named(server.Name)} is {(isStopping ? "stopping" : "starting")}</h1>
            <p class="soft">{(isStopping ? "Once it has ended it can be started again." : "It opens here as soon as it is ready.")}</p>
            {(server.IsAttached || isStopping ? Html.None : ServerPart.Progress(options, server, hidden: false))}
            <p class="way"><a href="{options.HubPrefix}home">Your servers</a></p>
            </div>
            """);

        // The end of a server has no progress to follow, nor has one that the hub did not start; so the page asks again by itself, with the script or without.
        var refresh = Html.Of($"<noscript>{Layout.Refresh(2)}</noscript>");
        return Layout.Frame(options, isStopping ? "Stopping" : "Starting", Html.Of($"""<main id="main" class="one" data-refresh="2"><div class="card">{card}</div></main>"""), user, refresh);
    }
}
