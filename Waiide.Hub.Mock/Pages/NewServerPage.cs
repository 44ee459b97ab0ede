using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>The question before a page elsewhere gives a user one more server.</summary>
internal static class NewServerPage
{
    /// <param name="query">What the link says besides: options for the server, and where to go then.</param>
    public static Html Of(HubOptions options, User owner, string name, User viewer, IQueryCollection query)
    {
        var fields = query.SelectMany(entry => entry.Value.Select(value => Html.Of($"""<input type="hidden" name="{entry.Key}" value="{value ?? ""}">""")));
        var given = query.Where(entry => entry.Key != "next").Select(entry => Html.Of($"<br><code>{entry.Key}={entry.Value.ToString()}</code>")).ToArray();
        return Layout.Page(options, "A new server", Html.Of($"""
            <h1>Start a new server <em>{name}</em>?</h1>
            <p class="soft">A link on another page led here. {(owner == viewer ? "You have" : $"{owner.Name} has")} no server of this name yet.</p>
            {(given.Length == 0 ? Html.None : Html.Of($"""<p class="soft">It is to start with:{given}</p>"""))}
            <form method="get" action="{ServerPart.SpawnUrl(options, owner.Name, name)}" class="do">
            {fields}
            <button>Start it</button>
            <a class="button quiet" href="{options.HubPrefix}home">Your servers</a>
            </form>
            """), viewer);
    }
}
