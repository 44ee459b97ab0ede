namespace Waiide.Gateway.Open;

/// <summary>Puts links that open something into the builder and the pipeline.</summary>
internal static class OpenExtensions
{
    internal static void AddOpen(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Git>();
        builder.Services.AddSingleton<Clones>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Clones>());
        builder.Services.AddSingleton<OpenPages>();
        builder.Services.AddSingleton<OpenEndpoints>();
    }

    internal static void MapOpen(this IEndpointRouteBuilder routes)
    {
        var open = routes.ServiceProvider.GetRequiredService<OpenEndpoints>();
        var group = routes.MapGroup("/open").RequireAuthorization(Access.Users).IsMoreThanTheIde(routes.ServiceProvider.GetRequiredService<GatewayOptions>());
        group.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], (Delegate)open.GetAsync);
        group.MapPost("/", (Delegate)open.PostAsync);
        group.MapMethods("/{id}", [HttpMethods.Get, HttpMethods.Head], open.Progress);
    }
}
