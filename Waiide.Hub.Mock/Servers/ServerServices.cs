namespace Waiide.Hub.Mock.Servers;

/// <summary>The services that start, watch and stop servers.</summary>
internal static class ServerServices
{
    public static void AddServers(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Lifecycle>();
        builder.Services.AddHostedService<ReadinessPoll>();
    }
}
