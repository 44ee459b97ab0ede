using Aspire.Dashboard.Application;
using Aspire.Dashboard.Front;
using Microsoft.AspNetCore.Http;

namespace Aspire.Dashboard.Resources;

/// <summary>How something ended: as JSON for scripts, as a page for a browser without one.</summary>
internal static class Answer
{
    public static bool WantsPage(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);

    public static IResult Outcome(HttpContext context, IApplication application, CommandOutcome outcome)
    {
        var message = outcome.Message ?? (outcome.IsSuccess ? "Done." : outcome.IsCanceled ? "It was given up." : "It failed, and did not say why.");
        return WantsPage(context.Request)
            ? Layout.Page(application, "/", outcome.IsSuccess ? "Done" : "Failed", Html.Of($"""
                <div class="head"><h1>{(outcome.IsSuccess ? "Done" : "Failed")}</h1></div><p class="notice {(outcome.IsSuccess ? "" : "bad")}">{message}</p><p><a class="button" href="/">Back to the resources</a></p>
                """))
            : Results.Json(new { success = outcome.IsSuccess, canceled = outcome.IsCanceled, message }, statusCode: outcome.IsSuccess ? StatusCodes.Status200OK : StatusCodes.Status409Conflict);
    }

    public static IResult NoResource(string name, IApplication application) => Results.Json(
        new { success = false, message = $"There is no resource '{name}'; there are {string.Join(", ", application.Resources.Select(resource => $"'{resource.Name}'"))}." }, statusCode: StatusCodes.Status404NotFound);
}
