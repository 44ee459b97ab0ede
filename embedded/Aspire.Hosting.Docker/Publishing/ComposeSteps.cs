using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Docker.Publishing;

/// <summary>The steps by which an application becomes a compose file.</summary>
internal static class ComposeSteps
{
    private const string Validate = "validate-docker-compose";

    public static void Add(IDistributedApplicationBuilder builder, DockerComposeEnvironmentResource environment)
    {
        if (builder.Resources.OfType<DockerComposeEnvironmentResource>().FirstOrDefault() is { } present)
        {
            throw new DistributedApplicationException($"There is a compose environment '{present.Name}' already, and '{environment.Name}' would be a second one: only one is supported.");
        }

        AddValidation(builder);
        builder.Services
            .AddSingleton(new PipelineStep(
                $"prepare-deployment-targets-{environment.Name}",
                $"Decides what each resource is in the compose file of '{environment.Name}'.",
                context =>
                {
                    Prepare(context.Model, environment);
                    return Task.CompletedTask;
                })
            {
                DependsOn = [Validate],
                RequiredBy = [WellKnownSteps.BeforeStart],
            })
            .AddSingleton(new PipelineStep(
                $"publish-{environment.Name}",
                $"Publishes the Docker Compose environment configuration for {environment.Name}.",
                context => new ComposePublisher(environment, context).PublishAsync())
            {
                DependsOn = [WellKnownSteps.PublishPrereq],
                RequiredBy = [WellKnownSteps.Publish],
            });
    }

    /// <summary>Refuses to publish when resources say what they are in a compose file and there is none.</summary>
    public static void AddValidation(IDistributedApplicationBuilder builder)
    {
        if (builder.Services.All(service => service.ImplementationInstance is not PipelineStep { Name: Validate }))
        {
            builder.Services.AddSingleton(new PipelineStep(Validate, "Checks that services of a compose file have one to be in.", context =>
            {
                EnsureEnvironment(context.Model);
                return Task.CompletedTask;
            })
            {
                RequiredBy = [WellKnownSteps.BeforeStart],
            });
        }
    }

    /// <summary>Whether a resource is a service of the compose file.</summary>
    public static bool IsPublished(IResource resource) =>
        resource is ContainerResource or ProjectResource && !resource.HasAnnotationOfType<ManifestPublishingCallbackAnnotation>();

    private static void EnsureEnvironment(DistributedApplicationModel model)
    {
        if (model.Resources.OfType<DockerComposeEnvironmentResource>().Any())
        {
            return;
        }

        if (model.Resources.Where(IsPublished).FirstOrDefault(resource => resource.HasAnnotationOfType<DockerComposeServiceCustomizationAnnotation>()) is { } lost)
        {
            throw new DistributedApplicationException(
                $"Resource '{lost.Name}' is configured to publish as a Docker Compose service, but there are no '{nameof(DockerComposeEnvironmentResource)}' resources. Ensure you have added one by calling '{nameof(DockerComposeEnvironmentExtensions.AddDockerComposeEnvironment)}'.");
        }
    }

    private static void Prepare(DistributedApplicationModel model, DockerComposeEnvironmentResource environment)
    {
        var ports = new PublishedPorts();
        var dashboard = environment.Dashboard.Resource;
        if (environment.DashboardEnabled)
        {
            AddService(dashboard);
        }

        // Also those that are left out: others may have their addresses.
        foreach (var resource in model.Resources.Where(resource => resource is ContainerResource or ProjectResource).ToArray())
        {
            AddService(resource);
            if (environment.DashboardEnabled && resource is ProjectResource && IsPublished(resource))
            {
                resource.Annotations.Add(new EnvironmentCallbackAnnotation(context => SendTelemetry(context, dashboard.GetEndpoint(DockerComposeAspireDashboardResource.OtlpGrpc))));
            }
        }

        void AddService(IResource resource)
        {
            var service = new DockerComposeServiceResource(resource, environment, ports);
            environment.Services[resource] = service;
            resource.Annotations.Add(new DeploymentTargetAnnotation(service));
        }
    }

    private static Task SendTelemetry(EnvironmentCallbackContext context, EndpointReference endpoint)
    {
        context.EnvironmentVariables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        context.EnvironmentVariables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        context.EnvironmentVariables["OTEL_SERVICE_NAME"] = context.Resource.Name;
        return Task.CompletedTask;
    }
}
