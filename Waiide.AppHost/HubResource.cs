namespace Waiide.AppHost;

/// <summary>What the hub is told besides who may come in, on this machine and in a container.</summary>
internal static class HubResource
{
    public static IResourceBuilder<ProjectResource> AsHub(this IResourceBuilder<ProjectResource> hub, Settings settings) =>
        settings.IsPublished ? hub.AsContainer(settings) : hub.WithSpawner(settings);

    // It starts no servers there: the gateway beside it is its only one.
    private static IResourceBuilder<ProjectResource> AsContainer(this IResourceBuilder<ProjectResource> hub, Settings settings) => hub
        .DisableForwardedHeaders()
        .WithEnvironment("Hub__Admins", "admin")
        .WithEnvironment("Hub__Address", "0.0.0.0")
        .WithEnvironment("Hub__Database", $"{Published.AppHome}/hub.db")
        .WithEnvironment("Hub__AllowNamedServers", "false")
        .WithComposeService(service => service
            .WithHome("hub-home", Published.AppHome)
            .WithHealthCheck("curl", "--fail", "--silent", "--output", "/dev/null", $"http://127.0.0.1:{Published.HubApiPort}/hub/health")
            .WithRequired("Hub__Users__admin")
            .WithRequired("Hub__PublicUrl", "It is empty in .env. Set it to where browsers find the hub, such as https://hub.example.org")
            .WithPort(settings.HubPort, Published.HubPort));
}
