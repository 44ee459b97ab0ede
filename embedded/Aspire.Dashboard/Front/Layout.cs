using Aspire.Dashboard.Application;
using Microsoft.AspNetCore.Http;

namespace Aspire.Dashboard.Front;

/// <summary>The frame of every page: the name of the application, the way to the other pages, the page itself.</summary>
internal static class Layout
{
    // Path, name, and whether it needs an application: one that shows telemetry alone has neither resources nor consoles.
    private static readonly (string Path, string Name, bool NeedsApplication)[] Places =
    [
        ("/", "Resources", true),
        ("/consolelogs", "Console", true),
        ("/structuredlogs", "Structured", false),
        ("/traces", "Traces", false),
        ("/metrics", "Metrics", false),
    ];

    /// <summary>A page of the dashboard at <paramref name="place"/>, one of the paths above.</summary>
    public static IResult Page(IApplication application, string place, string title, Html body) => Answer(Html.Of($"""
        {Head($"{title} · {application.Name}")}
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
        <a class="brand" href="/">{application.Name}</a>
        <nav aria-label="Main">{Places.Where(known => application is not NoApplication || !known.NeedsApplication).Select(known => Link(known.Path, known.Name, known.Path == place))}</nav>
        </header>
        <main id="main">{body}</main>
        </body>
        </html>
        """));

    /// <summary>A page that stands alone, such as the login.</summary>
    public static IResult Bare(string title, Html body, int status = StatusCodes.Status200OK) => Answer(Html.Of($"""
        {Head(title)}
        <body>
        <main id="main" class="bare">{body}</main>
        </body>
        </html>
        """), status);

    private static Html Head(string title) => Html.Of($"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title}</title>
        <link rel="stylesheet" href="/dashboard.css">
        <script src="/dashboard.js" type="module"></script>
        </head>
        """);

    private static Html Link(string path, string name, bool isHere) => isHere
        ? Html.Of($"""<a href="{path}" aria-current="page">{name}</a>""")
        : Html.Of($"""<a href="{path}">{name}</a>""");

    private static IResult Answer(Html page, int status = StatusCodes.Status200OK) => Results.Text(page.Text, "text/html; charset=utf-8", statusCode: status);
}
