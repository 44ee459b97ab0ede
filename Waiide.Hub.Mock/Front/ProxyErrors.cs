using Waiide.Hub.Mock.Pages;

namespace Waiide.Hub.Mock.Front;

/// <summary>
/// The pages for what the proxy itself has to refuse. A configurable-http-proxy in front asks for them at /hub/error/503?url=... (its --error-target) and shows them
/// with that status; our own shows the same.
/// </summary>
internal static class ProxyErrors
{
    public static void MapProxyErrors(this IEndpointRouteBuilder routes, HubOptions options) =>
        routes.MapGet(options.HubPrefix + "error/{status:int:range(100,999)}", (int status) => Answer.Page(Page(status, options))).AllowAnonymous();

    public static Html Page(int status, HubOptions options) => ErrorPage.Of(status, Sentence(status), options, tryAgain: status == StatusCodes.Status503ServiceUnavailable);

    private static string Sentence(int status) => status switch
    {
        StatusCodes.Status404NotFound => "No server has this address.",
        StatusCodes.Status503ServiceUnavailable => "It may be starting, or restarting. This page tries again by itself.",
        _ => "The address cannot be read, or leads to something that is no web server.",
    };
}
