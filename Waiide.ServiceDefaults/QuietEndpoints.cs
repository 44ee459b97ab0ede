using Microsoft.AspNetCore.Builder;
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
            var next = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context =>
            {
                QuietSpans.LeaveOut(context.Features.Get<IHttpActivityFeature>()?.Activity);
                return next(context);
            };
        });
        return endpoints;
    }
}
