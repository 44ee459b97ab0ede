namespace Waiide.AppHost;

/// <summary>What the hub is told in a container. It starts no servers there: the gateway beside it is its only one.</summary>
internal static class HubResource
{
    public static IResourceBuilder<ProjectResource> InContainer(this IResourceBuilder<ProjectResource> hub, Settings settings) => hub
        .DisableForwardedHeaders()
        .WithEnvironment("Hub__Admins", "admin")
        .WithEnvironment("Hub__Address", "0.0.0.0")
        .WithEnvironment("Hub__Database", $"{Published.AppHome}/hub.db")
        .WithEnvironment("Hub__AllowNamedServers", "false")
        .WithComposeService(service => service
            .WithHome("hub-home", Published.AppHome)
            .WithRequired("Hub__Users__admin")
            .WithRequired("Hub__PublicUrl")
            .WithPort(settings.HubPort, Published.HubPort));
}
