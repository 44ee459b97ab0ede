using System.Security.Cryptography;
using System.Text;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Pages;

/// <summary>What all pages look like, in light and dark; nothing is loaded from anywhere but the hub.</summary>
internal static class Layout
{
    private const string Mark =
        """<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="8" fill="#2f5bd8"/><path d="M6.5 10.5l4 11 5.5-9.5 5.5 9.5 4-11" fill="none" stroke="#fff" stroke-width="2.8" stroke-linecap="round" stroke-linejoin="round"/></svg>""";

    private static readonly Html Icon = new("data:image/svg+xml;base64," + Convert.ToBase64String(Encoding.UTF8.GetBytes(Mark.Replace("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ", StringComparison.Ordinal))));

    /// <summary>What a page may load and where its forms may lead: its own style, the hub's script, and the hub.</summary>
    public static string ContentSecurity { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Assets.Style)))}'; script-src 'self'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'";

    /// <summary>A page that says or asks one thing, on a card in its middle.</summary>
    /// <param name="user">Who is signed in, for the line at the top; null if nobody is, or it does not matter.</param>
    /// <param name="refreshSeconds">The page asks again after so long; null: it stays.</param>
    public static Html Page(HubOptions options, string title, Html card, User? user = null, int? refreshSeconds = null) =>
        Frame(options, title, Html.Of($"""<main id="main" class="one"><div class="card">{card}</div></main>"""), user, Refresh(refreshSeconds));

    /// <summary>A page with room, which the script keeps up to date.</summary>
    /// <param name="waiting">Without scripts, the page asks again by itself.</param>
    public static Html Wide(HubOptions options, string title, Html content, User user, bool waiting = false) => Frame(
        options, title, Html.Of($"""<main id="main" class="many" data-refresh="4">{content}</main>"""), user, waiting ? Html.Of($"<noscript>{Refresh(3)}</noscript>") : Html.None);

    /// <summary>The reload that works without scripts.</summary>
    public static Html Refresh(int? seconds) => seconds is { } some ? Html.Of($"""<meta http-equiv="refresh" content="{some}">""") : Html.None;

    /// <summary>A whole page around its <paramref name="main"/>.</summary>
    public static Html Frame(HubOptions options, string title, Html main, User? user, Html head) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en" data-hub="{options.HubPrefix}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        {head}
        <title>{title} · Waiide Hub</title>
        <link rel="icon" href="{Icon}">
        <style>{new Html(Assets.Style)}</style>
        <script type="module" src="{options.HubPrefix}{Assets.ScriptPath}"></script>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="{(user is null ? "top bare" : "top")}">
        <a class="brand" href="{options.HubPrefix}home">{new Html(Mark)} Waiide Hub</a>
        {(user is null ? Html.None : Navigation(options, title, user))}
        </header>
        {main}
        <footer>Answers as JupyterHub {options.Profile.Version}</footer>
        <div class="says"><p id="said" role="status"></p><p id="failed" class="failed" role="alert"></p></div>
        </body>
        </html>

        """);

    private static Html Navigation(HubOptions options, string title, User user)
    {
        return Html.Of($"""
            <nav aria-label="Hub">{Link("home", "Home")}{Link("token", "Tokens")}{(user.IsAdmin ? Link("admin", "Admin") : Html.None)}</nav>
            <p class="me"><bdi>{user.Name}</bdi> <a href="{options.HubPrefix}logout">Sign out</a></p>
            """);

        Html Link(string path, string text) => Html.Of($"""<a href="{options.HubPrefix}{path}"{new Html(text == title ? " aria-current=\"page\"" : "")}>{text}</a>""");
    }
}
