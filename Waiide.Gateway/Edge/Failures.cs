using Microsoft.AspNetCore.Diagnostics;

namespace Waiide.Gateway.Edge;

/// <summary>The one place where what nobody has handled rises to: logged by the framework, answered without a detail.</summary>
internal static class Failures
{
    internal static void UseFailurePage(this WebApplication app) => app.UseExceptionHandler(new ExceptionHandlerOptions
    {
        ExceptionHandler = context =>
        {
            var status = context.Features.Get<IExceptionHandlerFeature>()?.Error is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
            return (status < 500
                ? Refusal.Of(context.Request, status, "Not understood", "The request is malformed or too large.")
                : Refusal.Of(context.Request, status, "Something broke here", "The gateway could not answer; its log says why.")).ExecuteAsync(context);
        },
    });
}
