using Microsoft.AspNetCore.DataProtection;

namespace Waiide.Gateway.Auth;

/// <summary>
/// The keys of the cookies are read, or made, once the gateway listens. Data Protection itself would do so before; whoever comes in between has them read for their request, as ever.
/// </summary>
internal sealed class KeyRing(IHostedService ring, IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <summary>Puts it in the place of the hosted service that AddDataProtection has added.</summary>
    internal static void Add(IServiceCollection services)
    {
        var early = services.Single(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == typeof(IDataProtectionBuilder).Assembly);
        services.Remove(early);
        services.AddSingleton<IHostedService>(provider => new KeyRing(
            (IHostedService)ActivatorUtilities.CreateInstance(provider, early.ImplementationType!), provider.GetRequiredService<IHostApplicationLifetime>()));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lifetime.ListeningAsync(stoppingToken);
        await ring.StartAsync(stoppingToken); // Tells a failure in the log, and goes on.
    }
}
