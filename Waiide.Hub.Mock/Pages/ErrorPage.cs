using Microsoft.AspNetCore.WebUtilities;

namespace Waiide.Hub.Mock.Pages;

/// <summary>What went wrong, in words, and the way on.</summary>
internal static class ErrorPage
{
    public static Html Of(int status, string message, HubOptions options, bool tryAgain = false)
    {
        var (title, advice) = status switch
        {
            StatusCodes.Status400BadRequest => ("This request makes no sense", "Go back and try it from the start; a link or form may have been cut or be too old."),
            StatusCodes.Status403Forbidden => ("You may not go here", "If you should, ask whoever runs this hub; or sign out and in again as somebody else."),
            StatusCodes.Status404NotFound => ("There is nothing here", "Perhaps the address has a letter too many, or what was here is gone."),
            StatusCodes.Status405MethodNotAllowed => ("Not in this way", "This address exists, but not for what was asked of it."),
            StatusCodes.Status424FailedDependency => ("Your server is not running", "See what it is doing, and start it, from your servers."),
            StatusCodes.Status503ServiceUnavailable => ("Your server does not answer", "It may be starting, or very busy, or it has just ended."),
            < StatusCodes.Status500InternalServerError => ("That did not work", "Go back and try again."),
            _ => ("Something went wrong", "It is not your doing. Try again; if it stays, the hub's log says more."),
        };
        return Layout.Page(options, title, Html.Of($"""
            <p class="code">{status}</p>
            <h1>{title}</h1>
            {(message == ReasonPhrases.GetReasonPhrase(status) ? Html.None : Html.Of($"""<p role="{(tryAgain ? "status" : "alert")}">{message}</p>"""))}
            <p class="soft">{advice}</p>
            <a class="button" href="{options.HubPrefix}home">Your servers</a>
            """), refreshSeconds: tryAgain ? 3 : null);
    }
}
