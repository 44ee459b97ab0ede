using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Features;

namespace Waiide.Gateway;

/// <summary>Puts the watch into the builder and the pipeline.</summary>
internal static class StandingWatchExtensions
{
    internal static void AddStandingWatch(this IServiceCollection services)
    {
        services.AddSingleton<StandingWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<StandingWatch>());
    }

    /// <summary>Watches every exchange that needed a permission; WebSockets are watched where they can be ended in words.</summary>
    internal static void UseStandingWatch(this WebApplication app)
    {
        var watch = app.Services.GetRequiredService<StandingWatch>();
        app.Use(async (context, next) =>
        {
            if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null || context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true })
            {
                await next(context);
                return;
            }

            // What has begun cannot be ended in words: a stream of events asks again and gets its 401, a download is seen to be incomplete.
            // Locked, because the server uses the same context for the next request of the connection, which may be somebody else's.
            var ending = new Lock();
            var isOver = false;
            using var watched = watch.Over(Standing.Of(context), _ =>
            {
                lock (ending)
                {
                    if (!isOver)
                    {
                        context.Abort();
                    }
                }

                return Task.CompletedTask;
            });
            try
            {
                await next(context);
            }
            finally
            {
                lock (ending)
                {
                    isOver = true;
                }
            }
        });
    }
}
