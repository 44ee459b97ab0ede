using Aspire.Hosting.Docker.Resources;
using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Docker.Publishing;

/// <summary>Writes docker-compose.yaml and the .env file with the names of everything that the one who deploys must give.</summary>
internal sealed partial class ComposePublisher(DockerComposeEnvironmentResource environment, PipelineContext context)
{
    private const string Network = "aspire";

    public async Task PublishAsync()
    {
        Log.Generating(context.Logger);
        var file = new ComposeFile().AddNetwork(new Network { Name = Network, Driver = "bridge" });
        var configs = new ComposeConfigs(file, context);
        foreach (var (resource, target) in environment.Services.Where(service => ComposeSteps.IsPublished(service.Key)))
        {
            var service = await new ComposeServiceWriter(target, context).WriteAsync().ConfigureAwait(false);
            service.Networks = [Network];
            foreach (var volume in service.Volumes.Where(volume => volume.Type == "volume" && !file.Volumes.ContainsKey(volume.Name)))
            {
                file.AddVolume(new Volume { Name = volume.Name, Driver = "local" });
            }

            await configs.AddAsync(resource, service).ConfigureAwait(false);
            foreach (var customization in resource.Annotations.OfType<DockerComposeServiceCustomizationAnnotation>())
            {
                customization.Configure(target, service);
            }

            file.AddService(service);
        }

        environment.ConfigureComposeFile?.Invoke(file);
        await WriteAsync(file).ConfigureAwait(false);
    }

    private async Task WriteAsync(ComposeFile file)
    {
        var composeFile = Path.Combine(Directory.CreateDirectory(context.OutputDirectory).FullName, "docker-compose.yaml");
        await File.WriteAllTextAsync(composeFile, file.ToYaml(), context.CancellationToken).ConfigureAwait(false);
        Log.Written(context.Logger, composeFile);
        if (environment.Variables.Count > 0)
        {
            var envFile = Path.Combine(context.OutputDirectory, ".env");
            EnvFile.Write(envFile, environment.Variables);
            Log.Variables(context.Logger, envFile);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Generating Compose output")]
        public static partial void Generating(ILogger logger);

        [LoggerMessage(Level = LogLevel.Information, Message = "Docker Compose file written successfully to {OutputFile}.")]
        public static partial void Written(ILogger logger, string outputFile);

        [LoggerMessage(Level = LogLevel.Information, Message = "The variables that it needs are named in {EnvFile}; values that were there are kept.")]
        public static partial void Variables(ILogger logger, string envFile);
    }
}
