using System.Security.Cryptography;
using Aspire.Dashboard.Application;
using Microsoft.AspNetCore.Http;

namespace Aspire.Dashboard.Front;

/// <summary>The frame of every page: the name of the application, the way to the other pages, the page itself.</summary>
internal static class Layout
{
    // Path, name, icon, and whether it needs an application: a dashboard that shows telemetry alone has neither resources nor consoles.
    private static readonly (string Path, string Name, Html Icon, bool NeedsApplication)[] Places =
    [
        ("/", "Resources", Icons.Resources, true),
        ("/consolelogs", "Console", Icons.Console, true),
        ("/structuredlogs", "Structured", Icons.Structured, false),
        ("/traces", "Traces", Icons.Traces, false),
        ("/metrics", "Metrics", Icons.Metrics, false),
    ];

    // A page that comes back to another run than its own loads itself again.
    public static readonly string Run = RandomNumberGenerator.GetHexString(8);

    /// <summary>A page of the dashboard at <paramref name="place"/>, one of the paths above. <paramref name="own"/>: names a style sheet and a script of its own, those of console.css and console.js that there are.</summary>
    public static IResult Page(IApplication application, string place, string title, Html body, string? own = null) => new Answer($"{title} · {application.Name}", own, StatusCodes.Status200OK, Html.Of($"""
        <body data-run="{Run}">
        <a class="skip" href="#main">Skip to the content</a>
        <div class="frame">
        <header class="top">
        <a class="brand" href="/">{Icons.Brand}{application.Name}</a>
        <div class="end">
        <span id="connection" class="chip wait" role="status" hidden></span>
        <button type="button" class="quiet square" data-do="theme" title="Light, dark or as the system has it" aria-label="Theme">{Icons.Theme}</button>
        </div>
        </header>
        <nav class="places" aria-label="Main">{Places.Where(known => application is not NoApplication || !known.NeedsApplication).Select(known => Link(known.Path, known.Name, known.Icon, known.Path == place))}</nav>
        <main id="main" tabindex="-1">{body}</main>
        </div>
        <div id="toasts" class="toasts" role="status" aria-live="polite"></div>
        </body>
        </html>
        """));

    /// <summary>A page that stands alone, such as the login.</summary>
    public static IResult Bare(string title, Html body, int status = StatusCodes.Status200OK) => new Answer(title, null, status, Html.Of($"""
        <body>
        <main id="main" class="bare">{body}</main>
        </body>
        </html>
        """));

    private static Html Link(string path, string name, Html icon, bool isHere) => isHere
        ? Html.Of($"""<a href="{path}" aria-current="page">{icon}{name}</a>""")
        : Html.Of($"""<a href="{path}">{icon}{name}</a>""");

    /// <summary>The page with its head, which has the theme that this browser chose: a script would be too late for the first picture.</summary>
    private sealed class Answer(string title, string? own, int status, Html body) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var theme = httpContext.Request.Cookies["aspire-theme"] is "light" or "dark" ? httpContext.Request.Cookies["aspire-theme"] : null;
            var page = Html.Of($"""
                <!DOCTYPE html>
                <html lang="en" data-theme="{theme}">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>{title}</title>
                <link rel="icon" href="/icon.svg" type="image/svg+xml">
                {Links("dashboard")}{(own is null ? Html.None : Links(own))}
                </head>
                {body}
                """);
            return Results.Text(page.Text, "text/html; charset=utf-8", statusCode: status).ExecuteAsync(httpContext);
        }

        private static Html Links(string name) => Html.Of($"""
            {(Assets.Has($"{name}.css") ? Html.Of($"""<link rel="stylesheet" href="/{name}.css">""") : Html.None)}{(Assets.Has($"{name}.js") ? Html.Of($"""<script src="/{name}.js" type="module"></script>""") : Html.None)}
            """);
    }
}
