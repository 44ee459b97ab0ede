namespace Waiide.Gateway.Activity;

/// <summary>Puts the knowledge of use into the builder, with its reports where a hub wants them, and the stop of a server that nobody uses.</summary>
internal static class ActivityExtensions
{
    internal static void AddActivity(this WebApplicationBuilder builder)
    {
        var options = builder.Options();
        var isReported = options.Hub?.ActivityUrl is not null;
        builder.Services.AddSingleton<LastActivity>();
        builder.Services.AddSingleton<Farewell>();
        builder.Services.AddSingleton<IdleGauges>();
        if (UseRule.PolicyOf(options) == ActivityPolicy.InputAndCpu && (isReported || options.IdleTimeout is not null))
        {
            builder.Services.AddHostedService<WorkWatch>();
        }

        if (isReported)
        {
            builder.Services.AddHostedService<ActivityReports>();
        }

        if (options.IdleTimeout is not null)
        {
            builder.Services.AddHostedService<IdleStop>();
        }
    }

    /// <summary>"Keep it running": what the page sends for the person who clicks on it, and a program that is at work.</summary>
    internal static void MapActivity(this WebApplication app)
    {
        _ = app.Services.GetRequiredService<IdleGauges>(); // There as soon as somebody asks.
        var activity = app.Services.GetRequiredService<LastActivity>();
        app.MapPost("/api/activity", () =>
        {
            activity.Saw(Sight.Person);
            return TypedResults.NoContent();
        }).RequireAuthorization(Access.Users);
    }
}
