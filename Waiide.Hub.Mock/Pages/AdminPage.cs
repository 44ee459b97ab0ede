using System.Reflection;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>Which of the users an administrator looks at.</summary>
internal sealed record AdminView(string Search, bool ActiveOnly, int Offset);

/// <summary>All users, their servers and their groups, for administrators.</summary>
internal static class AdminPage
{
    internal const int PageSize = 50;

    private static readonly DateTimeOffset Started = System.Diagnostics.Process.GetCurrentProcess().StartTime.ToUniversalTime();

    private static readonly string Version = typeof(AdminPage).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public static Html Of(HubOptions options, HubState state, User admin, AdminView view, DateTimeOffset now)
    {
        var found = state.Users
            .Where(user => user.Name.Contains(view.Search, StringComparison.OrdinalIgnoreCase))
            .Where(user => !view.ActiveOnly || user.Servers.Values.Any(server => server.State != ServerState.Stopped))
            .ToArray();
        var shown = found.Skip(view.Offset).Take(PageSize).ToArray();
        return Layout.Wide(options, "Admin", Html.Of($"""
            <h1 tabindex="-1">Administration</h1>
            <p class="soft" id="counts">{Counts(state, now)}</p>
            <nav class="jump" aria-label="On this page"><a href="#users-title">Users</a><a href="#new-title">New users</a><a href="#groups-title">Groups</a></nav>
            <form method="get" role="search" class="inline">
            <div><label for="search">Find users</label><input type="search" id="search" name="search" value="{view.Search}" autocomplete="off" autocapitalize="none" spellcheck="false"></div>
            <label class="check"><input type="checkbox" name="state" value="active"{new Html(view.ActiveOnly ? " checked" : "")}> with running servers</label>
            <button class="quiet">Find</button>
            </form>
            <section aria-labelledby="users-title">
            <h2 id="users-title" tabindex="-1">Users</h2>
            {(shown.Length == 0 ? Html.Of($"""<p class="soft">Nobody is found.</p>""") : Html.Of($"""
                <div class="card table"><table><thead><tr><th scope="col">Name</th><th scope="col">Last seen</th><th scope="col">Servers</th><td></td></tr></thead>
                <tbody>{shown.Select(user => Row(options, state, user, admin, now))}</tbody></table></div>
                """))}
            {Pages(options, view, found.Length)}
            </section>
            {AddUsers}
            {GroupPart.Of(state)}
            """), admin);
    }

    private static Html Counts(HubState state, DateTimeOffset now)
    {
        var running = state.Servers.Where(server => server.State == ServerState.Ready).ToLookup(server => server.IsAttached);
        return Html.Of($"""
            {Words.Count(state.Users.Count(), "user")} · {Words.Count(running.Sum(servers => servers.Count()), "server")} running ({running[false].Count()} started here, {running[true].Count()} attached) · up for {Words.For(now - Started)} · Waiide {Version}
            """);
    }

    private static Html Row(HubOptions options, HubState state, User user, User admin, DateTimeOffset now)
    {
        var groups = state.GroupsOf(user).Select(group => Html.Of($""" <span class="badge"><bdi>{group.Name}</bdi></span>"""));
        var main = user.DefaultServer ?? new Server(user, "", options.BaseUrl, isAttached: false);
        var servers = user.Servers.Values.Where(server => server.Name.Length > 0).OrderBy(server => server.Name, StringComparer.Ordinal).Prepend(main);
        return Html.Of($"""
            <tr id="user-{Uri.EscapeDataString(user.Name)}"><th scope="row"><bdi>{user.Name}</bdi>{(user == admin ? Html.Of($""" <span class="soft small">(you)</span>""") : Html.None)}
            {(user.IsAdmin ? Html.Of($"""<br><span class="badge">administrator</span>""") : Html.None)}{groups}</th>
            <td data-label="Last seen">{Words.Ago(user.LastActivity.Latest, now)}</td>
            <td><ul class="servers" aria-label="Servers of {user.Name}">{servers.Select(server => ServerPart.Of(options, server, now, "strong", "server"))}</ul></td>
            <td class="act">{More(user, admin)}</td></tr>
            """);
    }

    private static Html More(User user, User admin)
    {
        var path = $"api/users/{HubNames.Segment(user.Name)}";
        var (flag, verb, said) = user.IsAdmin
            ? ("false", "Make ordinary user", $"{user.Name} is no administrator any more.")
            : ("true", "Make administrator", $"{user.Name} is an administrator now.");
        return Html.Of($$"""
            <details class="more" name="change"><summary aria-label="Change {{user.Name}}">Change</summary><div class="do">
            <button class="quiet" data-method="POST" data-path="admin/users/{{HubNames.Segment(user.Name)}}/password" data-confirm="A new password for {{user.Name}}?" data-detail="The hub makes one up and shows it once. The old one ends." data-secret="Password of {{user.Name}}" data-said="The new password">New password</button>
            {{(user == admin ? Html.None : Html.Of($$"""
                <button class="quiet" data-method="PATCH" data-path="{{path}}" data-body="{&quot;admin&quot;: {{flag}}}" data-confirm="{{verb}}: {{user.Name}}?" data-detail="Administrators see and change all users, and can use their servers." data-said="{{said}}">{{verb}}</button>
                <button class="danger" data-method="DELETE" data-path="{{path}}" data-confirm="Delete {{user.Name}}?" data-detail="With the user go all servers and tokens, for good. Files stay where they are." data-said="{{user.Name}} is deleted.">Delete</button>
                """))}}
            </div></details>
            """);
    }

    private static Html Pages(HubOptions options, AdminView view, int found)
    {
        if (found <= PageSize && view.Offset == 0)
        {
            return Html.None;
        }

        var last = Math.Min(found, view.Offset + PageSize);
        return Html.Of($"""
            <nav class="pages" aria-label="Pages of users">
            {(view.Offset > 0 ? Link(Math.Max(0, view.Offset - PageSize), "Previous") : Html.Of($"<span></span>"))}
            <span class="soft small">{Math.Min(view.Offset + 1, last)} to {last} of {found}</span>
            {(last < found ? Link(last, "Next") : Html.Of($"<span></span>"))}
            </nav>
            """);

        Html Link(int offset, string text) =>
            Html.Of($"""<a class="button quiet" href="{options.HubPrefix}admin?search={Uri.EscapeDataString(view.Search)}{(view.ActiveOnly ? "&state=active" : "")}&offset={offset}">{text}</a>""");
    }

    private static Html AddUsers { get; } = Html.Of($"""
        <section aria-labelledby="new-title">
        <h2 id="new-title" tabindex="-1">New users</h2>
        <form class="card" data-form="users">
        <div class="inline">
        <div><label for="names">Names <span class="soft">(one or more, with spaces or commas between)</span></label>
        <input type="text" id="names" name="names" required autocomplete="off" autocapitalize="none" spellcheck="false"></div>
        <label class="check"><input type="checkbox" name="admin"> administrators</label>
        <button>Add</button>
        </div>
        <p class="error" role="alert" data-keep hidden></p>
        </form>
        </section>
        """);
}
