namespace Waiide.Gateway.Ide;

/// <summary>Puts the IDE server into the builder: attached where WAIIDE_IDE_URL is set, else one of the gateway's own.</summary>
internal static class IdeExtensions
{
    internal static void AddIde(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IdeState>();
        builder.Services.AddSingleton<IdeAddress>();
        builder.Services.AddSingleton<IdeProbe>();
        builder.Services.AddSingleton<IdeHome>();
        builder.Services.AddSingleton(UserProcesses.Work);
        builder.Services.AddSingleton<IdeProcess>();
        builder.Services.AddSingleton<AttachedIde>();
        builder.Services.AddSingleton<MemoryMeter>();
        builder.Services.AddSingleton<IdeGauges>();
        builder.Services.AddSingleton<IHostedService>(services => services.GetRequiredService<GatewayOptions>().IdeUrl is null
            ? services.GetRequiredService<IdeProcess>()
            : services.GetRequiredService<AttachedIde>());
        if (builder.Options().IdeUrl is null)
        {
            builder.Services.AddHostedService<MemoryGuard>();
            builder.Services.AddHostedService<IdeLogs>();
        }
    }
}
