using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;

namespace Waiide.AppHost;

/// <summary>What the published compose file says beyond the model: restarts, health, fewer rights, who is reached from where.</summary>
internal static class Compose
{
    /// <summary>Makes docker compose what is published to, unless it is azd that asks.</summary>
    public static void AddCompose(this IDistributedApplicationBuilder builder, Settings settings)
    {
        if (builder.IsForCompose())
        {
            string[] homes = settings.Mode == Mode.JupyterHub ? ["gateway-home", "hub-home"] : ["gateway-home"];

            // The dashboard's image is of a nightly build, and who sees its pages sees what happens here. Telemetry goes where OTEL_EXPORTER_OTLP_ENDPOINT says.
            builder.AddDockerComposeEnvironment("compose")
                .WithDashboard(enabled: false)
                .ConfigureComposeFile(file =>
                {
                    Array.ForEach(homes, volume => file.AddVolume(new Volume { Name = volume, Driver = "local" }));
                    if (settings.Mode == Mode.JupyterHub)
                    {
                        file.AddNetwork(new Network { Name = Published.IdeNetwork, Driver = "bridge" });
                    }
                });
        }
    }

    /// <summary>Configures the resource's service, after what all of them have.</summary>
    public static IResourceBuilder<T> WithComposeService<T>(this IResourceBuilder<T> resource, Action<Service> configure)
        where T : IComputeResource => resource.ApplicationBuilder.IsForCompose()
            ? resource.PublishAsDockerComposeService((_, service) =>
            {
                service.Restart = "unless-stopped";
                service.CapDrop.Add("ALL");
                service.SecurityOpt.Add("no-new-privileges:true");
                configure(service);
            })
            : resource;

    /// <summary>A home that is kept, for a project, which has no volumes in the model; nothing else can be written.</summary>
    public static Service WithHome(this Service service, string volume, string target)
    {
        service.ReadOnly = true;
        service.Tmpfs.Add("/tmp");
        service.AddVolume(new Volume { Name = volume, Type = "volume", Source = volume, Target = target, ReadOnly = false });
        return service;
    }

    public static Service WithHealthCheck(this Service service, params string[] command)
    {
        service.Healthcheck = new Healthcheck { Test = ["CMD", .. command], Interval = "10s", Timeout = "5s", StartPeriod = "30s", Retries = 3 };
        return service;
    }

    /// <summary>The port that people find, on this machine's loopback address unless .env says otherwise: over plain http a token is for nobody else to hear.</summary>
    public static Service WithPort(this Service service, int port, int containerPort)
    {
        service.Ports = [$"${{PUBLISH_ADDRESS:-127.0.0.1}}:{port}:{containerPort}"];
        return service;
    }

    /// <summary>Without a value in .env compose refuses to start, and says why: "${GATEWAY_TOKEN}" becomes "${GATEWAY_TOKEN:?reason}".</summary>
    public static Service WithRequired(this Service service, string variable, string reason = "It is empty in .env. deploy/fill-env fills it in, or you do with what openssl rand -hex 32 prints")
    {
        service.Environment[variable] = service.Environment[variable].Replace("}", $":?{reason}}}", StringComparison.Ordinal);
        return service;
    }

    // azd calls the AppHost with "--publisher manifest", and refuses types of resources that it does not know, of which the compose environment is one.
    private static bool IsForCompose(this IDistributedApplicationBuilder builder) =>
        builder.ExecutionContext.IsPublishMode && !string.Equals(builder.Configuration["Publishing:Publisher"], "manifest", StringComparison.OrdinalIgnoreCase);
}
