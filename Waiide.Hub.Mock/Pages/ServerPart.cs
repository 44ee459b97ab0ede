using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>One server on a page: its state in words, what can be done about it, and its progress while it starts.</summary>
internal static class ServerPart
{
    /// <param name="heading">h2 where the server stands for itself, strong in a table.</param>
    public static Html Of(HubOptions options, Server server, DateTimeOffset now, string heading, string classes)
    {
        var name = NameOf(server);
        var id = Uri.EscapeDataString(server.FullName);
        var (state, word) = server.State switch
        {
            ServerState.Ready => ("ready", "running"),
            ServerState.Spawning => ("pending", "starting"),
            ServerState.Stopping => ("pending", "stopping"),
            _ => ("stopped", "not running"),
        };
        var tag = new Html(heading);
        return Html.Of($"""
            <li id="server-{id}" class="{classes}" data-server="api/{server.ApiPath}" data-name="{name}" data-state="{StateOf(server)}"{new Html(server.IsAttached ? " data-attached" : "")}>
            <div class="who"><{tag}><bdi>{name}</bdi></{tag}><p><span class="state {state}">{word}</span>{Since(server, now)}</p></div>
            <div class="do">{Actions(options, server, name)}</div>
            {(server.IsAttached ? Html.None : Progress(options, server))}
            </li>
            """);
    }

    public static string NameOf(Server server) => server.Name.Length == 0 ? "Default server" : server.Name;

    /// <summary>The name after "your server", where it has one.</summary>
    public static Html Named(string name) => name.Length == 0 ? Html.None : Html.Of($" <bdi class=\"named\">{name}</bdi>");

    public static string StateOf(Server server) => server.State switch
    {
        ServerState.Ready => "ready",
        ServerState.Spawning => "spawning",
        ServerState.Stopping => "stopping",
        _ => "stopped",
    };

    /// <summary>Filled by the script with what the API's progress tells.</summary>
    public static Html Progress(HubOptions options, Server server, bool hidden = true) => Html.Of($"""
        <div id="progress-{Uri.EscapeDataString(server.FullName)}" class="progress" data-keep{new Html(hidden ? " hidden" : "")}>
        <progress max="100" value="0" aria-label="Progress of {NameOf(server)}"></progress>
        <p class="message small" role="status"></p>
        <p class="error" role="alert" hidden></p>
        <details hidden><summary>What happened so far</summary><ol></ol></details>
        <form method="get" action="{SpawnUrl(options, server.User.Name, server.Name)}" data-form="start" data-again hidden><button>Try again</button></form>
        </div>
        """);

    /// <summary>Where a server is started by visiting: works without scripts.</summary>
    public static string SpawnUrl(HubOptions options, string user, string server) =>
        $"{options.HubPrefix}spawn/{HubNames.Segment(user)}{(server.Length == 0 ? "" : "/" + HubNames.Segment(server))}";

    private static Html Since(Server server, DateTimeOffset now)
    {
        var running = server is { State: ServerState.Ready, Started: { } started } ? Html.Of($" for {Words.For(now - started)}") : Html.None;
        return server.LastActivity.Latest is { } latest ? Html.Of($"{running} · last used {Words.Ago(latest, now)}") : running;
    }

    private static Html Actions(HubOptions options, Server server, string name) => server switch
    {
        { State: ServerState.Ready, IsAttached: true } => Open(server, name),
        { IsAttached: true } => Html.Of($"""<span class="soft small">not started by this hub</span>"""),
        { State: ServerState.Ready } => Html.Of($"""
            {Open(server, name)}
            <button class="quiet" data-method="DELETE" data-path="api/{server.ApiPath}" data-said="{name} was told to stop." aria-label="Stop {name}">Stop</button>
            """),
        { State: ServerState.Stopping } => Html.Of($"""<button class="quiet" disabled>Stopping…</button>"""),
        { State: ServerState.Spawning } => Html.Of($"""<noscript><a class="button quiet" href="{options.HubPrefix}spawn-pending/{SpawnUrl(options, server.User.Name, server.Name)[(options.HubPrefix.Length + "spawn/".Length)..]}">Wait for it</a></noscript>"""),
        _ => Html.Of($"""
            <form method="get" action="{SpawnUrl(options, server.User.Name, server.Name)}" data-form="start" data-start><button aria-label="Start {name}">Start</button></form>
            {(server.Name.Length == 0 ? Html.None : Html.Of($$"""<button class="danger" data-method="DELETE" data-path="api/{{server.ApiPath}}" data-body="{&quot;remove&quot;: true}" data-confirm="Remove {{name}}?" data-detail="The server goes from this list, and its tokens end. Its files stay where they are." data-said="{{name}} is removed." aria-label="Remove {{name}}">Remove</button>"""))}
            """),
    };

    private static Html Open(Server server, string name) => Html.Of($"""<a class="button" href="{server.Prefix}" aria-label="Open {name}">Open</a>""");
}
