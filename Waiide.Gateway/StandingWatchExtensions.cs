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
        app.Use(next => context => context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null ? watch.OverAsync(context, next) : next(context));
    }

    /// <summary>What follows, watched.</summary>
    internal static Task OverAsync(this StandingWatch watch, HttpContext context, RequestDelegate next) =>
        context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } ? next(context) : new Watched(context).RunAsync(watch, next);

    // What has begun cannot be ended in words: a stream of events asks again and gets its 401, a download is seen to be incomplete.
    private sealed class Watched(HttpContext context)
    {
        private bool _isOver;

        internal async Task RunAsync(StandingWatch watch, RequestDelegate next)
        {
            using var watched = watch.Over(Standing.Of(context), Cut);
            try
            {
                await next(context);
            }
            finally
            {
                lock (this)
                {
                    _isOver = true;
                }
            }
        }

        // Locked, because the server uses the same context for the next request of the connection, which may be somebody else's.
        private Task Cut(EndReason reason)
        {
            lock (this)
            {
                if (!_isOver)
                {
                    context.Abort();
                }
            }

            return Task.CompletedTask;
        }
    }
}
