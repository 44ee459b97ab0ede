namespace Waiide.Gateway.Hub;

/// <summary>Puts the connection to the hub into the builder; without a hub only its place.</summary>
internal static class HubExtensions
{
    internal static void AddHub(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<HubVersion>();
        HubClient.Add(builder.Services);
        if (builder.Options().Hub is not null)
        {
            builder.Services.AddHostedService<HubCheck>();
        }
    }

    /// <summary>Under a hub every response says which version of the hub this server was written for.</summary>
    internal static void UseHubVersion(this WebApplication app)
    {
        if (app.Services.GetRequiredService<GatewayOptions>().Hub is not null)
        {
            HubVersion.Use(app);
        }
    }
}
