using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>A user's servers: what each is doing, and everything that its owner can do about it.</summary>
internal static class HomePage
{
    public static Html Of(HubOptions options, User user, DateTimeOffset now)
    {
        // Everybody has a default server, though there is nothing to know of it before its first start.
        var main = user.DefaultServer ?? new Server(user, "", options.BaseUrl, isAttached: false);
        var named = user.Servers.Values.Where(server => server.Name.Length > 0).OrderBy(server => server.Name, StringComparer.Ordinal);
        return Layout.Wide(options, "Home", Html.Of($"""
            <h1 tabindex="-1">Your servers</h1>
            <p class="soft">Start one, and open it as soon as it is ready. Each is a workspace of its own; your files stay when it stops.</p>
            <ul class="servers">{named.Prepend(main).Select(server => ServerPart.Of(options, server, now, "h2", "server card"))}</ul>
            {(options.Spawner.AllowNamedServers ? Add(options, user) : Html.None)}
            """), user, waiting: user.Servers.Values.Any(server => server.State == ServerState.Spawning));
    }

    private static Html Add(HubOptions options, User user)
    {
        var (pattern, longest, rule) = NameRule(options.Profile);
        var limit = options.Spawner.NamedServerLimitPerUser;
        return Html.Of($"""
            <section aria-labelledby="add-title">
            <h2 id="add-title" tabindex="-1">Another server</h2>
            <form class="card" data-form="add" data-user="{HubNames.Segment(user.Name)}">
            <div class="inline">
            <div><label for="server-name">Name</label>
            <input type="text" id="server-name" name="name" required pattern="{pattern}" maxlength="{longest}" title="{rule}" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="server-rule"></div>
            <button>Add and start</button>
            </div>
            <p class="hint" id="server-rule">{rule}.{(limit > 0 ? $" You may have {limit} in all." : "")}</p>
            <p class="error" role="alert" data-keep hidden></p>
            <noscript><p class="hint">Adding, stopping and removing servers needs JavaScript; starting and opening them does not.</p></noscript>
            </form>
            </section>
            """);
    }

    /// <summary>What the hub takes as a server's name, for the browser and in words.</summary>
    private static (string Pattern, int Longest, string Words) NameRule(VersionProfile profile) => profile.HasPlainServerNames
        ? ("[a-z](-?[a-z0-9])*", 30, "Small letters, digits and single hyphens, beginning with a letter, at most 30")
        : (@"\S([^\/\\]*\S)?", 255, "Any name without a slash");
}
