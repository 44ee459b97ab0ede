using Microsoft.AspNetCore.WebUtilities;

namespace Waiide.Hub.Mock.Pages;

/// <summary>What went wrong, in words, and the way on.</summary>
internal static class ErrorPage
{
    public static Html Of(int status, string message, HubOptions options, bool tryAgain = false)
    {
        var (title, advice) = status switch
        {
            StatusCodes.Status400BadRequest => ("The hub cannot make sense of this", "A link may have been cut, or a form may be too old. Go back and start again."),
            StatusCodes.Status403Forbidden => ("You may not go here", "If you should, ask whoever runs this hub, or sign in as somebody else."),
            StatusCodes.Status404NotFound => ("There is nothing here", "The address may have a mistake in it, or what was here is gone."),
            StatusCodes.Status405MethodNotAllowed => ("That cannot be done here", "The address exists, but does not take this kind of request."),
            StatusCodes.Status424FailedDependency => ("Your server is not running", "See what it is doing, and start it, from your servers."),
            StatusCodes.Status503ServiceUnavailable => ("Your server does not answer", "It may be starting, be very busy, or have just ended."),
            < StatusCodes.Status500InternalServerError => ("That did not work", "Go back and try again."),
            _ => ("Something went wrong", "It is not your doing. Try again; if it happens again, the hub's log says why."),
        };
        return Layout.Page(options, title, Html.Of($"""
            <p class="code">Error {status}</p>
            <h1>{title}</h1>
            {(message == ReasonPhrases.GetReasonPhrase(status) ? Html.None : Html.Of($"""<p role="{(tryAgain ? "status" : "alert")}">{message}</p>"""))}
            {(tryAgain ? Html.None : Html.Of($"""<p class="soft">{advice}</p>"""))}
            <p class="way"><a class="button" href="{options.HubPrefix}home">Your servers</a></p>
            """), refreshSeconds: tryAgain ? 3 : null);
    }
}
