using Microsoft.Extensions.Options;

namespace Waiide.Hub.Mock.Servers;

/// <summary>The services that start, watch and stop servers.</summary>
internal static class ServerServices
{
    public static void AddServers(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Readiness>();
        builder.Services.AddSingleton<Limits>();
        builder.Services.AddSingleton<LocalSpawner>();
        builder.Services.AddSingleton<Spawns>();
        builder.Services.AddSingleton<Lifecycle>();
        builder.Services.AddHostedService<AttachedServers>();
        builder.Services.AddHostedService<Reconnect>();
        builder.Services.AddHostedService<ServerLogs>();

        // Servers that end with the hub may take as long as their signals allow them.
        builder.Services.AddSingleton<IPostConfigureOptions<HostOptions>>(services => new PostConfigureOptions<HostOptions>(Options.DefaultName, host =>
        {
            var spawner = services.GetRequiredService<HubOptions>().Spawner;
            host.ShutdownTimeout += spawner.InterruptTimeout + spawner.TermTimeout + spawner.KillTimeout;
        }));
    }
}
