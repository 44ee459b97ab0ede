namespace Waiide.AppHost;

/// <summary>What a gateway is told besides where its IDE is, on this machine and in a container.</summary>
internal static class GatewayResource
{
    public static IResourceBuilder<ProjectResource> AsGateway(this IResourceBuilder<ProjectResource> gateway, Settings settings) => settings.IsPublished
        ? gateway.AsContainer(settings)
        // The port that people see is the engine's, of which the gateway does not know that it leads back to itself.
        : gateway.WithDeniedPorts();

    /// <summary>Ports of this machine that are no dev servers: the gateway's own, <paramref name="others"/>, the dashboard's, and those that somebody has named.</summary>
    public static IResourceBuilder<ProjectResource> WithDeniedPorts(this IResourceBuilder<ProjectResource> gateway, params EndpointReference[] others) => gateway.WithEnvironment(context =>
    {
        var ports = new ReferenceExpressionBuilder();
        foreach (var endpoint in others.Prepend(gateway.GetEndpoint("http")))
        {
            ports.AppendFormatted(endpoint.Property(EndpointProperty.Port));
            ports.AppendLiteral(",");
        }

        ports.AppendLiteral(DeniedPorts.For(gateway.ApplicationBuilder.Configuration));
        context.EnvironmentVariables["WAIIDE_DENIED_PORTS"] = ports.Build();
    });

    private static IResourceBuilder<ProjectResource> AsContainer(this IResourceBuilder<ProjectResource> gateway, Settings settings)
    {
        var trustedProxies = gateway.ApplicationBuilder.AddParameter("trusted-proxies", "", publishValueAsDefault: true)
            .WithDescription("Addresses or networks, separated by commas, of the proxies in front whose X-Forwarded-* headers count.");
        return gateway
            // ASP.NET's own way to read X-Forwarded-* believes everybody.
            .DisableForwardedHeaders()
            .WithEnvironment("WAIIDE_TRUSTED_PROXIES", trustedProxies)
            .WithEnvironment("WAIIDE_HOST", "0.0.0.0")
            .WithComposeService(service =>
            {
                service.WithHome("gateway-home", Published.AppHome)
                    .WithRequired("WAIIDE_IDE_HASHED_PASSWORD")
                    .WithHealthCheck("/app/Waiide.Gateway", "health");
                if (settings.Mode == Mode.Standalone)
                {
                    service.WithRequired("WAIIDE_TOKEN").WithPort(settings.GatewayPort, Published.GatewayPort);
                }
                else
                {
                    service.WithRequired("JUPYTERHUB_API_TOKEN").Networks.Add(Published.IdeNetwork);
                }
            });
    }
}
