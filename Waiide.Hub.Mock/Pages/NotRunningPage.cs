using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>Stands where a server would be that is not running (424), and starts it.</summary>
internal static class NotRunningPage
{
    /// <param name="server">The one that was meant; null if there is none of that name.</param>
    /// <param name="target">What the browser asked for: that is where it gets once the server is there.</param>
    public static Html Of(HubOptions options, User owner, string serverName, Server? server, User viewer, string target)
    {
        var whose = owner == viewer ? "Your server" : $"The server of {owner.Name}";
        var named = serverName.Length == 0 ? Html.None : Html.Of($" <strong>{serverName}</strong>");
        if (server is { IsAttached: true })
        {
            return Layout.Page(options, "Not running", Html.Of($"""
                <h1>{whose} is not running</h1>
                <p class="soft" role="status">Nothing answers at <code>{server.Prefix}</code>. Whoever started it has to start it again, for this hub did not; the hub keeps looking for it, and so does this page.</p>
                <a class="button quiet" href="{options.HubPrefix}home">Your servers</a>
                """), viewer, refreshSeconds: 3);
        }

        return Layout.Page(options, "Not running", Html.Of($"""
            <h1>{whose}{named} is not running</h1>
            <p class="soft">{(owner == viewer ? "It has stopped, or was not started yet. Your files are where you left them." : "You may start it.")}</p>
            <form method="get" action="{ServerPart.SpawnUrl(options, owner.Name, serverName)}" class="do">
            <input type="hidden" name="next" value="{target}">
            <button autofocus>Start it</button>
            <a class="button quiet" href="{options.HubPrefix}home">Your servers</a>
            </form>
            """), viewer);
    }
}
