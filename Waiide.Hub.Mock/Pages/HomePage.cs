using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>A user's servers, each with its state and the way in.</summary>
internal static class HomePage
{
    public static Html Of(HubOptions options, User user)
    {
        var waiting = user.Servers.Values.Any(server => server.State == ServerState.Spawning);
        return Layout.Page(options, "Home", Html.Of($"""
            <h1>Your servers</h1>
            {(user.Servers.IsEmpty
                ? Html.Of($"""<p class="soft">You have no server yet. Whoever runs this hub can add one for you (Hub:Servers).</p>""")
                : Html.Of($"<ul>{user.Servers.Values.OrderBy(server => server.Name, StringComparer.Ordinal).Select(Row)}</ul>"))}
            """), user, refreshSeconds: waiting ? 3 : null, wide: true);
    }

    private static Html Row(Server server)
    {
        var name = server.Name.Length == 0 ? "Default server" : server.Name;
        var (state, words) = server.State switch
        {
            ServerState.Ready => ("ready", "running"),
            ServerState.Spawning => ("pending", "starting"),
            _ => ("stopped", "not running"),
        };
        return Html.Of($"""
            <li>
            <p><strong>{name}</strong><br><span class="state {state}">{words}</span> <span class="soft">· {server.Prefix}</span></p>
            {(server.State == ServerState.Ready ? Html.Of($"""<a class="button" href="{server.Prefix}" aria-label="Open {name}">Open</a>""") : Html.None)}
            </li>
            """);
    }
}
