namespace Waiide.Gateway.Assets;

/// <summary>Puts the kept files of VS Code into the builder; the proxy serves them.</summary>
internal static class AssetsExtensions
{
    internal static void AddAssets(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AssetFolder>();
        builder.Services.AddSingleton<IdeFiles>();
        builder.Services.AddSingleton<KeptAssets>();
        if (builder.Options().AssetCache is not null)
        {
            builder.Services.AddHostedService(services => services.GetRequiredService<KeptAssets>());
        }
    }
}
