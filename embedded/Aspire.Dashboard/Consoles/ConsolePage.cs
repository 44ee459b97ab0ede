using System.Globalization;
using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;
using Aspire.Dashboard.Resources;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Consoles;

/// <summary>What the resources print: one of them, or all together in the order of time.</summary>
internal static class ConsolePage
{
    public static void MapConsole(this IEndpointRouteBuilder routes)
    {
        // What the form asks for that chooses a resource.
        routes.MapGet("/consolelogs", (IApplication application, string? resource) => resource is { Length: > 0 }
            ? Results.LocalRedirect($"/consolelogs/resource/{Uri.EscapeDataString(resource)}")
            : Page(application, null));
        routes.MapGet("/consolelogs/resource/{resource}", (IApplication application, string resource) => Page(application, resource));
        routes.MapGet("/consolelogs/text", (IApplication application, string? resource) =>
        {
            if (resource is not null && application.Resource(resource) is null)
            {
                return Answer.NoResource(resource, application);
            }

            return Results.Stream(body => WriteAsync(body, application, resource), "text/plain; charset=utf-8", $"{resource ?? "all"}-{DateTime.Now:yyyyMMdd-HHmmss}.txt");
        });
        routes.MapGet("/live/console", (HttpContext context, IApplication application, string? resource, string? after, bool once = false) =>
            TypedResults.ServerSentEvents(ConsoleFeed.Follow(application, resource, ConsoleCursor.Parse(after), once, context.RequestAborted)));
        routes.MapGet("/live/console/state", (HttpContext context, IApplication application, string resource, bool once = false) => TypedResults.ServerSentEvents(
            Live.Parts(application.WatchAsync(context.RequestAborted), () => application.Resource(resource) is { } known ? [("state", State(known))] : [], once, context.RequestAborted)));
    }

    private static async Task WriteAsync(Stream body, IApplication application, string? resource)
    {
        await using var text = new StreamWriter(body, leaveOpen: true);
        foreach (var (from, line, _) in ConsoleFeed.Kept(application, ConsoleFeed.Watched(application, resource), ConsoleCursor.Start))
        {
            await text.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"{line.At:O} {(resource is null ? $"[{from.Name}] " : "")}{Ansi.Plain(line.Text)}\n")).ConfigureAwait(false);
        }
    }

    private static IResult Page(IApplication application, string? name)
    {
        if (name is not null && application.Resource(name) is null)
        {
            return Layout.Page(application, "/consolelogs", "Console", Html.Of($"""<p class="empty">There is no resource {name}. <a href="/consolelogs">All consoles</a></p>"""));
        }

        var query = name is null ? "" : $"?resource={Uri.EscapeDataString(name)}";
        return Layout.Page(application, "/consolelogs", name is null ? "Console logs" : $"{name} console logs", own: "console", body: Html.Of($"""
            <div class="head">
            <h1>Console logs</h1>
            <form method="get" action="/consolelogs" data-choice>
            <label class="unseen" for="resource">Resource</label>
            <select id="resource" name="resource"><option value="">All resources</option>{ConsoleFeed.Watched(application, null).Select(resource => Option(resource, name))}</select>
            <noscript><button>Show</button></noscript>
            </form>
            {(name is not null && application.Resource(name) is { } chosen ? Html.Of($"""<span data-live="/live/console/state{query}">{State(chosen)}</span>""") : Html.None)}
            <div class="toolbar">
            <label class="unseen" for="search">Search the lines</label>
            <input id="search" type="search" placeholder="Search… (/)" autocomplete="off" spellcheck="false">
            <button type="button" data-console="pause" aria-pressed="false">Pause</button>
            <button type="button" data-console="clear">Clear</button>
            <button type="button" data-console="times" aria-pressed="false">Times</button>
            <button type="button" data-console="wrap" aria-pressed="true">Wrap</button>
            <a class="button" href="/consolelogs/text{query}" download>Download</a>
            </div>
            </div>
            <div id="console" class="sheet console wrap {(name is null ? "all" : "")}" data-feed="/live/console{query}" tabindex="0" role="log" aria-live="off" aria-label="Lines"><noscript><p class="empty">Following needs a script. <a href="/consolelogs/text{query}">The lines as text</a></p></noscript></div>
            <p class="foot"><span id="count">0 lines</span><button type="button" class="primary" data-console="end" hidden>Follow the end</button></p>
            """));
    }

    private static Html Option(ResourceView resource, string? chosen) => string.Equals(resource.Name, chosen, StringComparison.OrdinalIgnoreCase)
        ? Html.Of($"""<option selected>{resource.Name}</option>""")
        : Html.Of($"""<option>{resource.Name}</option>""");

    private static Html State(ResourceView resource) => Html.Of($"""<span id="state" class="toolbar">{States.Chip(resource)}{CommandButtons.Highlighted(resource)}</span>""");
}
