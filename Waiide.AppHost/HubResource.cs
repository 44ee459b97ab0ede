namespace Waiide.AppHost;

/// <summary>What the hub is told in a container. It starts no servers there: the gateway beside it is its only one.</summary>
internal static class HubResource
{
    /// <summary>Between containers the hub's endpoint has a name that no browser knows.</summary>
    public static ReferenceExpression AddPublicUrl(this IDistributedApplicationBuilder builder) =>
        ReferenceExpression.Create($"{builder.AddParameter("public-url").WithDescription("Where browsers find the hub, such as https://hub.example.org.")}");

    public static IResourceBuilder<ProjectResource> AsHubContainer(this IResourceBuilder<ProjectResource> hub, Settings settings) => hub
        .DisableForwardedHeaders()
        .WithEnvironment("Hub__Admins", "admin")
        .WithEnvironment("Hub__Address", "0.0.0.0")
        .WithEnvironment("Hub__Database", $"{Published.AppHome}/hub.db")
        .WithEnvironment("Hub__AllowNamedServers", "false")
        .WithComposeService(service => service
            .WithHome("hub-home", Published.AppHome)
            .WithRequired("Hub__Users__admin")
            .WithRequired("Hub__PublicUrl", "It is empty in .env. Set it to where browsers find the hub, such as https://hub.example.org")
            .WithPort(settings.HubPort, Published.HubPort));
}
