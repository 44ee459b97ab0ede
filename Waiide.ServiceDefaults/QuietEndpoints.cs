using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Waiide.ServiceDefaults;

/// <summary>For endpoints that are polled.</summary>
public static class QuietEndpoints
{
    /// <summary>Keeps requests to these endpoints, and what they cause, out of the traces.</summary>
    public static TBuilder WithoutTrace<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Add(endpoint =>
        {
            endpoint.Metadata.Add(Quiet.Instance);
            var next = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                LeaveOut(context);
                return next(context);
            };
        });
        return endpoints;
    }

    /// <summary>Behind the routing: from here on already, before anybody is asked who they are, requests to quiet endpoints are out of the traces, and so are those that <paramref name="also"/> picks.</summary>
    public static IApplicationBuilder UseQuietEndpoints(this IApplicationBuilder app, Func<HttpRequest, bool> also) => app.Use((context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Quiet>() is not null || also(context.Request))
        {
            LeaveOut(context);
        }

        return next(context);
    });

    private static void LeaveOut(HttpContext context) => QuietSpans.LeaveOut(context.Features.Get<IHttpActivityFeature>()?.Activity);

    private sealed class Quiet
    {
        public static readonly Quiet Instance = new();
    }
}
