using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Pages;

namespace Waiide.Hub.Mock;

/// <summary>The headers that every answer of the hub has, and the one place where failures become answers: JSON below the API, a page elsewhere.</summary>
internal sealed partial class HubErrors(RequestDelegate next, HubOptions options, ILogger<HubErrors> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var isApi = HubPaths.IsApi(options, context.RawPath());
        var headers = context.Response.Headers;
        headers["X-JupyterHub-Version"] = options.Profile.Version;
        if (options.Profile.AllowsAnyOrigin && HubPaths.IsApiRoot(options, context.RawPath()))
        {
            headers.AccessControlAllowOrigin = "*";
        }

        headers.AccessControlAllowHeaders = "accept, content-type, authorization";
        headers.XContentTypeOptions = "nosniff";

        // A page of a server that opens one of the hub is of the same origin: without this it could read it.
        headers["Cross-Origin-Opener-Policy"] = "noopener-allow-popups";
        headers.ContentSecurityPolicy =
            $"frame-ancestors {options.Profile.FrameAncestors}; report-uri {options.HubPrefix}security/csp-report; {(isApi ? "default-src 'none'" : Layout.ContentSecurity)}";
        try
        {
            await next(context);
        }
        catch (HubError error)
        {
            // An API tells browsers that it may be called; which method it takes, the real call will tell.
            var answer = error.Status == StatusCodes.Status405MethodNotAllowed && isApi && HttpMethods.IsOptions(context.Request.Method)
                ? Answer.Empty(StatusCodes.Status200OK, "application/json")
                : Say(error.Status, error.Message, isApi);
            if (error.RetryAfter is { } pause)
            {
                headers.RetryAfter = ((int)pause.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
            }

            await answer.ExecuteAsync(context);
        }
        catch (Exception error) when (error is BadHttpRequestException or InvalidDataException && !context.Response.HasStarted)
        {
            // Too large, cut short, or a form that is none.
            await Say((error as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest, "Bad Request", isApi).ExecuteAsync(context);
        }
        catch (Exception error) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            Log.Failed(logger, error, context.Request.Method, new LogText(context.RawPath()));
            await Say(StatusCodes.Status500InternalServerError, "Internal Server Error", isApi).ExecuteAsync(context);
        }
    }

    private Answer Say(int status, string message, bool isApi) => isApi
        ? Answer.Json(new JsonObject { ["status"] = status, ["message"] = message }, status)
        : Answer.Page(ErrorPage.Of(status, message, options), status);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "{Method} {Path} failed.")]
        public static partial void Failed(ILogger logger, Exception error, string method, LogText path);
    }
}
