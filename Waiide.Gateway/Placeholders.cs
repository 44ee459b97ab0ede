using Waiide.Gateway.Ide;

namespace Waiide.Gateway;

internal static class Placeholders
{

    internal static void AddIde(this WebApplicationBuilder builder) => builder.Services.AddSingleton<IdeState>();

    internal static void AddIdeProxy(this WebApplicationBuilder builder)
    {
    }

    internal static void MapIdeProxy(this WebApplication app) => app.Map("/{**rest}", () => "ide");
}
