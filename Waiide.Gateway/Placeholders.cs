using Waiide.Gateway.Ide;

namespace Waiide.Gateway;

internal static class Placeholders
{
    internal static void AddServiceDefaults(this WebApplicationBuilder builder) => builder.Services.AddHealthChecks();

    internal static void MapHealthEndpoints(this WebApplication app) => app.MapMethods("/health", ["GET", "HEAD"], () => "healthy").AllowAnonymous();

    internal static void AddIde(this WebApplicationBuilder builder) => builder.Services.AddSingleton<IdeState>();

    internal static void AddIdeProxy(this WebApplicationBuilder builder)
    {
    }

    internal static void MapIdeProxy(this WebApplication app) => app.Map("/{**rest}", () => "ide");
}
