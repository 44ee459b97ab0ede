using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Waiide.ServiceDefaults;

/// <summary>
/// Adds what is known once a request has been answered to its span: name, route, status
/// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span). ASP.NET Core 10 says only what it knows at the start; 11 says all this itself.
/// </summary>
internal sealed class ServerSpans : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(Describe);
        next(app);
    };

    private static async Task Describe(HttpContext context, RequestDelegate next)
    {
        Exception? failure = null;
        try
        {
            await next(context);
        }
        catch (Exception error)
        {
            failure = error;
            throw;
        }
        finally
        {
            if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span)
            {
                Describe(span, context, failure);
            }
        }
    }

    private static void Describe(Activity span, HttpContext context, Exception? failure)
    {
        // Where an exception handler answered, the endpoint is no longer the one that was asked for.
        var handled = context.Features.Get<IExceptionHandlerFeature>();
        var route = ((handled?.Endpoint ?? context.GetEndpoint()) as RouteEndpoint)?.RoutePattern.RawText ?? span.GetTagItem("http.route") as string; // A proxy has routes of its own.
        var method = span.GetTagItem("http.request.method") is string known and not "_OTHER" ? known : "HTTP";
        span.DisplayName = route is null ? method : $"{method} {route}";
        span.SetTag("http.route", route);

        // The server answers 500 once the exception has passed us.
        var status = failure is null || context.Response.HasStarted ? context.Response.StatusCode : StatusCodes.Status500InternalServerError;
        span.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError || failure is not null)
        {
            span.SetTag("error.type", (failure ?? handled?.Error)?.GetType().FullName ?? status.ToString(System.Globalization.CultureInfo.InvariantCulture));
            span.SetStatus(ActivityStatusCode.Error);
        }
    }
}
