using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Waiide.Gateway.Edge;

/// <summary>Asks those who may be anybody to send their bodies at a pace: one that never comes would hold its socket, and the stop of the gateway.</summary>
internal static class AnonymousBodies
{
    // Kestrel's own defaults, which the listener has taken off for the uploads of those who are signed in.
    private static readonly MinDataRate Pace = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));

    internal static void UsePaceOfAnonymousBodies(this WebApplication app) => app.Use((context, next) =>
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } body)
        {
            body.MinDataRate = Pace;
        }

        return next(context);
    });
}
