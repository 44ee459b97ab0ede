using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Waiide.ServiceDefaults;

/// <summary>
/// The span of each request that is traced (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span). ASP.NET Core makes one for every request, with its attributes and the walk through the SDK, and
/// asks only then whether anybody wants it, which of a flood hardly anybody does; and version 10 says only what it knows at the start.
/// </summary>
/// <param name="budget">How much is traced; null: that is for the SDK's sampler to say.</param>
/// <param name="boundary">Whose word counts on which trace a request belongs to; null: everybody's.</param>
internal sealed class ServerSpans(TraceBudget? budget, TraceBoundary? boundary) : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(TraceAsync);
        next(app);
    };

    private async Task TraceAsync(HttpContext context, RequestDelegate next)
    {
        // Where somebody wants the hosting's logs, or listens to it, ASP.NET Core has made an Activity all the same, in whatever trace a stranger says.
        Activity.Current = null;
        var parent = Parent(context);
        var isLeftOut = parent != default && !parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
        using var span = (isLeftOut || budget?.TryTake() == false ? null : HttpSpans.Start(context.Request.Method, ActivityKind.Server, parent)) ?? LeftOut(parent);
        context.Features.Set<IHttpActivityFeature>(new OfRequest(span));
        if (!span.IsAllDataRequested)
        {
            await next(context);
            return;
        }

        Describe(span, context.Request);
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
            if (span.IsAllDataRequested) // Until somebody has left it out.
            {
                Describe(span, context, failure);
            }
        }
    }

    /// <summary>To which trace a request belongs: the one that somebody whom we believe says, else the browser's journey, else none yet.</summary>
    private ActivityContext Parent(HttpContext context)
    {
        var (traceparent, tracestate) = ((string?)null, (string?)null);
        if (boundary is null || boundary.Believes(context))
        {
            HttpSpans.W3C.ExtractTraceIdAndState(context.Request.Headers, Read, out traceparent, out tracestate);
        }

        traceparent ??= boundary is null ? null : Journey.In(context.Request.Headers.Cookie);
        return ActivityContext.TryParse(traceparent, tracestate, isRemote: true, out var parent) ? parent : default;

        static void Read(object? headers, string name, out string? value, out IEnumerable<string>? values) => (value, values) = (((IHeaderDictionary)headers!)[name], null);
    }

    private static void Describe(Activity span, HttpRequest request) => span
        .SetTag("url.scheme", request.Scheme)
        .SetTag("url.path", request.PathBase.Add(request.Path) is { HasValue: true } path ? path.ToUriComponent() : "/")
        .SetTag("server.address", request.Host.HasValue ? request.Host.Host : null)
        .SetTag("server.port", request.Host.HasValue ? request.Host.Port ?? (request.IsHttps ? 443 : 80) : null)
        .SetTag("network.protocol.version", request.Protocol is ['H', 'T', 'T', 'P', '/', .. var version] ? version : null)
        .SetTag("user_agent.original", (string?)request.Headers.UserAgent);

    /// <summary>Nobody sees it; but it is not recorded, and so nothing is that happens in it. Logs of a request and what its upstream is told have its number.</summary>
    private static Activity LeftOut(ActivityContext parent)
    {
        var span = new Activity("left out") { IsAllDataRequested = false };
        if (parent != default)
        {
            span.SetParentId(parent.TraceId, parent.SpanId).TraceStateString = parent.TraceState;
        }

        return span.Start();
    }

    private static void Describe(Activity span, HttpContext context, Exception? failure)
    {
        // Where an exception handler answered, the endpoint is no longer the one that was asked for.
        var handled = context.Features.Get<IExceptionHandlerFeature>();
        var route = ((handled?.Endpoint ?? context.GetEndpoint()) as RouteEndpoint)?.RoutePattern.RawText ?? span.GetTagItem("http.route") as string; // A proxy has routes of its own.
        span.DisplayName = route is null ? span.OperationName : $"{span.OperationName} {route}";
        span.SetTag("http.route", route);

        // The server answers 500 once the exception has passed us.
        var status = failure is null || context.Response.HasStarted ? context.Response.StatusCode : StatusCodes.Status500InternalServerError;
        span.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError || failure is not null)
        {
            span.SetTag("error.type", (failure ?? handled?.Error)?.GetType().FullName ?? status.ToString(CultureInfo.InvariantCulture));
            span.SetStatus(ActivityStatusCode.Error);
        }
    }

    private sealed class OfRequest(Activity span) : IHttpActivityFeature
    {
        public Activity Activity { get; set; } = span;
    }
}
