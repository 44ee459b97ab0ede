namespace Waiide.Hub.Mock.Pages;

/// <summary>What went wrong, in words, and the way on.</summary>
internal static class ErrorPage
{
    public static Html Of(int status, string message, HubOptions options, bool tryAgain = false)
    {
        var title = status switch
        {
            StatusCodes.Status400BadRequest => "This request makes no sense",
            StatusCodes.Status403Forbidden => "You may not go here",
            StatusCodes.Status404NotFound => "There is nothing here",
            StatusCodes.Status424FailedDependency => "Your server is not running",
            StatusCodes.Status503ServiceUnavailable => "Your server does not answer",
            < StatusCodes.Status500InternalServerError => "That did not work",
            _ => "Something went wrong",
        };
        return Layout.Page(options, title, Html.Of($"""
            <p class="code">{status}</p>
            <h1>{title}</h1>
            <p class="soft" role="{(tryAgain ? "status" : "alert")}">{message}</p>
            <a class="button" href="{options.HubPrefix}home">Your servers</a>
            """), refreshSeconds: tryAgain ? 3 : null);
    }
}
