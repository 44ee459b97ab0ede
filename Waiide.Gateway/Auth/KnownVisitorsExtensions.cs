namespace Waiide.Gateway.Auth;

/// <summary>Puts the known visitors into the builder and the pipeline.</summary>
internal static class KnownVisitorsExtensions
{
    /// <summary>Known visitors go from here to the endpoint, watched as all are; the others are asked by what follows.</summary>
    internal static void UseKnownVisitors(this WebApplication app)
    {
        var (known, watch) = (app.Services.GetRequiredService<KnownVisitors>(), app.Services.GetRequiredService<StandingWatch>());
        app.Use(next => context => known.Admit(context) ? watch.OverAsync(context, static context => context.GetEndpoint()!.RequestDelegate!(context)) : next(context));
    }

    /// <summary>Whoever comes to here was let in by what is before it.</summary>
    internal static void UseMemoryOfVisitors(this WebApplication app)
    {
        var known = app.Services.GetRequiredService<KnownVisitors>();
        app.Use(next => context =>
        {
            known.Remember(context);
            return next(context);
        });
    }
}
