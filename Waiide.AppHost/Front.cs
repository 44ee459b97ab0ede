#pragma warning disable ASPIRECERTIFICATES001 // What Aspire knows of certificates is still marked experimental.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Waiide.AppHost;

/// <summary>Where browsers come in, and what has to be healthy before they can.</summary>
internal sealed record Door(ReferenceExpression Url, IResourceBuilder<IResource> Last);

/// <summary>nginx with TLS before the endpoint that browsers would else come to by plain http: deploy/nginx, in a container or as a process.</summary>
internal static class Front
{
    private const string Configuration = "../deploy/nginx";

    /// <summary>The way in to <paramref name="upstream"/>: the front where it is asked for, else the endpoint itself; for a hub that is published, an address that whoever runs it has to tell.</summary>
    public static Door AddDoor(this IDistributedApplicationBuilder builder, Settings settings, EndpointReference upstream, IResourceBuilder<ProjectResource> gateway)
    {
        var isHub = upstream.Resource != gateway.Resource;
        if (settings.IsPublished && isHub)
        {
            // Between containers the hub's endpoint has a name that no browser knows.
            var publicUrl = builder.AddParameter("public-url").WithDescription("Where browsers find the hub, such as https://hub.example.org.");
            return new Door(ReferenceExpression.Create($"{publicUrl}"), gateway);
        }

        if (builder.AddFront(settings, upstream, gateway) is not { } front)
        {
            return new Door(ReferenceExpression.Create($"{upstream}"), gateway);
        }

        if (isHub)
        {
            // Then the hub's own front is at an address that no server hears of, and no dev server all the same.
            gateway.WithDeniedPorts(upstream);
        }
        else
        {
            // Through the engine's proxy it comes from loopback, as everybody does who comes to the gateway's own port; that is open to this machine only.
            gateway.WithEnvironment("WAIIDE_TRUSTED_PROXIES", "127.0.0.1");
        }

        return new Door(ReferenceExpression.Create($"{front.GetEndpoint("https")}"), front);
    }

    // It starts after the gateway.
    private static IResourceBuilder<IResourceWithEndpoints>? AddFront(
        this IDistributedApplicationBuilder builder, Settings settings, EndpointReference upstream, IResourceBuilder<ProjectResource> gateway) => settings.Front switch
        {
            FrontKind.Container => builder.AddContainer("front", settings.FrontImage)
                .WithHttpsEndpoint(port: settings.FrontPort, targetPort: 8443, name: "https", env: "NGINX_TLS_PORT")
                .WithContainerFiles("/etc/nginx/templates", Configuration)
                // /tmp is what nginx may write to; what else the image has in its environment is no business of the configuration.
                .WithEnvironment("NGINX_ENVSUBST_OUTPUT_DIR", "/tmp")
                .WithEnvironment("NGINX_ENVSUBST_FILTER", "^NGINX_")
                .WithEnvironment("NGINX_LISTEN", "0.0.0.0")
                .WithArgs("nginx", "-p", "/tmp", "-c", "nginx.conf", "-e", "stderr")
                .Before(upstream, gateway, settings),
            FrontKind.Process => builder.AddExecutable("front", "sh", Configuration, "front.sh", Path.Combine(settings.DataDirectory, "front"))
                .WithHttpsEndpoint(port: settings.FrontPort, name: "https", env: "NGINX_TLS_PORT")
                .WithEnvironment("NGINX_LISTEN", "127.0.0.1")
                .ExcludeFromManifest()
                .Before(upstream, gateway, settings),
            _ => null,
        };

    private static IResourceBuilder<T> Before<T>(this IResourceBuilder<T> front, EndpointReference upstream, IResourceBuilder<ProjectResource> gateway, Settings settings)
        where T : IResourceWithEndpoints, IResourceWithEnvironment, IResourceWithArgs, IResourceWithWaitSupport
    {
        front.WithEnvironment("NGINX_UPSTREAM", upstream.Property(EndpointProperty.HostAndPort))
            .WithHttpsCertificateConfiguration(context =>
            {
                context.EnvironmentVariables["NGINX_TLS_CERT"] = context.CertificatePath;
                context.EnvironmentVariables["NGINX_TLS_KEY"] = context.KeyPath;
                return Task.CompletedTask;
            })
            .WithUrlForEndpoint("https", url => url.DisplayText = "Waiide")
            .WithExternalHttpEndpoints()
            .WaitFor(gateway);

        // A certificate of `dotnet dev-certs https --trust` is known to the browsers of this machine already.
        var certificate = new DevelopmentCertificate(Path.Combine(settings.DataDirectory, "certificates"));
        front.ApplicationBuilder.Eventing.Subscribe<BeforeStartEvent>((start, _) =>
        {
            if (start.Services.GetRequiredService<IDeveloperCertificateService>().Certificates is [var trusted, ..])
            {
                front.WithHttpsDeveloperCertificate();
                certificate.Use(trusted);
            }
            else
            {
                front.WithHttpsCertificate(certificate.UseOurOwn());
                Console.WriteLine($"front: browsers warn until they trust {certificate.AuthorityFile} (docs/tls.md says how)");
            }

            return Task.CompletedTask;
        });

        front.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(
            "front-tls", _ => new FrontHealthCheck(front.GetEndpoint("https"), certificate), HealthStatus.Unhealthy, tags: null));
        return front.WithHealthCheck("front-tls");
    }
}
