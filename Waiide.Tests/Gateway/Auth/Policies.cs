using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Waiide.Gateway;

namespace Waiide.Tests.Gateway.Auth;

/// <summary>The gateway's policies as its pipeline asks them.</summary>
internal static class Policies
{
    private static readonly ServiceProvider Services = Build();

    public static async Task<bool> AllowAsync(ClaimsPrincipal who, string policy) =>
        (await Services.GetRequiredService<IAuthorizationService>().AuthorizeAsync(who, policy)).Succeeded;

    private static ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        Access.AddPolicies(services.AddAuthorizationBuilder());
        return services.BuildServiceProvider();
    }
}
