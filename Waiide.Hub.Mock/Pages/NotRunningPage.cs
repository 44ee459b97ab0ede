using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>Stands where a server would be that is not running, and starts it.</summary>
internal static class NotRunningPage
{
    /// <param name="name">The server that was meant, which need not exist.</param>
    /// <param name="next">What the browser asked for: that is where it gets once the server is there. Null: to its first page.</param>
    /// <param name="failure">Why its last start failed; null if it did not.</param>
    public static Html Of(HubOptions options, User owner, string name, User viewer, string? next, string? failure = null)
    {
        var whose = owner == viewer ? "Your server" : $"A server of {owner.Name}";
        var named = ServerPart.Named(name);
        var home = Html.Of($"""<a class="button quiet" href="{options.HubPrefix}home">Your servers</a>""");
        if (owner.Servers.GetValueOrDefault(name) is { IsAttached: true } attached)
        {
            return Layout.Page(options, "Not running", Html.Of($"""
                <h1>{whose}{named} is not running</h1>
                <p class="soft" role="status">Nothing answers at <code>{attached.Prefix}</code>. This hub did not start it and cannot start it again; whoever did can. The hub keeps looking for it, and so does this page.</p>
                {home}
                """), viewer, refreshSeconds: 3);
        }

        var (title, words, verb) = failure is null
            ? (Html.Of($"{whose}{named} is not running"), Html.Of($"""<p class="soft">It has stopped, or was not started yet. Files are where they were left.</p>"""), "Start it")
            : (Html.Of($"{whose}{named} could not be started"), Html.Of($"""<p class="error" role="alert">{failure}</p>"""), "Try again");
        return Layout.Page(options, "Not running", Html.Of($"""
            <h1>{title}</h1>
            {words}
            <form method="get" action="{ServerPart.SpawnUrl(options, owner.Name, name)}" class="do">
            {(next is null ? Html.None : Html.Of($"""<input type="hidden" name="next" value="{next}">"""))}
            <button autofocus>{verb}</button>
            {home}
            </form>
            """), viewer);
    }
}
