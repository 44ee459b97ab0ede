namespace Waiide.Gateway.Edge;

/// <summary>Puts the addresses from before named servers into the builder and the pipeline.</summary>
internal static class LegacyAddressesExtensions
{
    internal static void AddLegacyAddresses(this WebApplicationBuilder builder) => builder.Services.AddSingleton<LegacyAddresses>();

    internal static void MapLegacyAddresses(this WebApplication app)
    {
        var legacy = app.Services.GetRequiredService<LegacyAddresses>();
        app.MapMethods($"/{LegacyAddresses.Name}/{{**rest}}", [HttpMethods.Get, HttpMethods.Head], (HttpContext context) => legacy.Redirect(context) ?? TypedResults.NotFound())
            .RequireAuthorization(Access.Users);
    }
}
