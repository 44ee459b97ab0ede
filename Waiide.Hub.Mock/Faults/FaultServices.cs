using Microsoft.AspNetCore.Connections;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Faults;

/// <summary>Puts faults into the hub. Without Hub:Faults:Enabled nothing of them is there but an empty list.</summary>
internal static class FaultServices
{
    public static void AddFaults(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<FaultList>();
        builder.Services.AddSingleton<ScopesLeft>(services => services.GetRequiredService<FaultList>().Left);
        builder.Services.AddSingleton<Restart>();
        if (!bool.TryParse(builder.Configuration["Hub:Faults:Enabled"], out var isEnabled) || !isEnabled)
        {
            return;
        }

        builder.Services.AddSingleton<TimeProvider, SkewedClock>();
        builder.Services.AddSingleton<Outages>();
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => services.GetRequiredService<Outages>());
        builder.Services.AddSingleton<FaultEffects>();
        builder.Services.AddHostedService(services => services.GetRequiredService<FaultEffects>());
    }

    public static void UseFaults(this WebApplication app)
    {
        if (app.Services.GetRequiredService<HubOptions>().Faults.Enabled)
        {
            app.UseMiddleware<FaultyAnswers>();
        }
    }

    public static void MapFaults(this WebApplication app, HubOptions options)
    {
        if (options.Faults.Enabled)
        {
            app.UseMiddleware<LostActivity>(); // Behind the gate, which Program.cs has put in before.
            FaultEndpoints.Map(app, options);
        }
    }

    /// <summary>After the hub has stopped: its exit code, or the hub anew when that is why it stopped.</summary>
    public static async Task<int> ExitOrBeginAnewAsync(this WebApplication app, int exitCode)
    {
        if (app.Services.GetRequiredService<Restart>().Away is not { } away)
        {
            return exitCode;
        }

        await app.DisposeAsync(); // The last lines of the log, and the database.
        return await Restart.BeginAnewAsync(away);
    }

    /// <summary>No scope is withdrawn from who calls this.</summary>
    public static TBuilder SparedFromFaults<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(KeepsScopes.Instance);
}
