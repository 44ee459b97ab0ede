namespace Waiide.AppHost;

/// <summary>Lets the hub start servers besides the demo user's: with the same gateway and IDE, and with files of their own in this run's data directory.</summary>
internal static class HubSpawner
{
    public static IResourceBuilder<ProjectResource> WithSpawner(this IResourceBuilder<ProjectResource> hub, Settings settings) => hub
        .WithEnvironment("Hub__Database", Path.Combine(settings.DataDirectory, "hub.db"))
        .WithEnvironment("Hub__Spawner__Folder", Path.Combine(settings.DataDirectory, "hub"))
        .WithEnvironment(context => context.EnvironmentVariables["Hub__Spawner__DeniedPorts"] = DeniedPorts.For(hub.ApplicationBuilder.Configuration))
        // Its users are this machine's own, and the dashboard is to show their servers.
        .WithEnvironment("Hub__Spawner__TelemetryHeaders", "true")
        .WithEnvironment("Hub__Spawner__Environment__WAIIDE_IDE_COMMAND", Path.Combine(settings.IdeFolder, "code-server"))
        // The public port: the hub's own may be another one after a restart, which its servers outlive.
        .WithEnvironment("Hub__Spawner__HubConnectUrl", hub.GetEndpoint("api"));
}
