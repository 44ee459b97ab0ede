using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Dashboard.Front;

/// <summary>A page that fails says so, and the log says why.</summary>
internal static partial class Failures
{
    /// <summary>To stand behind the security headers, which its own answer needs too.</summary>
    public static void UseFailures(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Aspire.Dashboard");
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // The reader has gone; nobody is there to be told.
            }
            catch (Exception exception) when (exception is not BadHttpRequestException)
            {
                // The path alone: a query may have a token in it.
                Log.Failed(logger, context.Request.Method, context.Request.Path, exception);
                if (context.Response.HasStarted)
                {
                    // What was begun must not look whole.
                    context.Abort();
                    return;
                }

                await Answer(context.Request).ExecuteAsync(context).ConfigureAwait(false);
            }
        });
    }

    private static IResult Answer(HttpRequest request) => Resources.Answer.WantsPage(request)
        ? Layout.Bare("Failed", Html.Of($"""
            <div class="card">
            <h1>{Icons.Brand}This page failed</h1>
            <p class="error" role="alert">The dashboard could not show {request.Path.ToString()}. The output of its program says why.</p>
            <p><a class="button" href="/">Back to the start</a></p>
            </div>
            """), StatusCodes.Status500InternalServerError)
        : Results.Problem("The dashboard could not answer. The output of its program says why.", statusCode: StatusCodes.Status500InternalServerError);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The dashboard could not answer {Method} {Path}.")]
        public static partial void Failed(ILogger logger, string method, string path, Exception exception);
    }
}
