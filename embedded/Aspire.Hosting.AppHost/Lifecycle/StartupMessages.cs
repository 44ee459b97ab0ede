using System.Reflection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Lifecycle;

/// <summary>Says at start what starts, from where, and that it did.</summary>
internal sealed partial class StartupMessages(
    DistributedApplicationOptions options,
    IHostEnvironment environment,
    IHostApplicationLifetime lifetime,
    ILogger<DistributedApplication> logger) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Log.Version(logger, typeof(StartupMessages).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion);
        Log.Starting(logger);
        Log.Folder(logger, options.ProjectDirectory ?? environment.ContentRootPath);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            Log.Started(logger);
        }

        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Aspire AppHost version: {Version}")]
        public static partial void Version(ILogger logger, string? version);

        [LoggerMessage(Level = LogLevel.Information, Message = "Distributed application starting.")]
        public static partial void Starting(ILogger logger);

        [LoggerMessage(Level = LogLevel.Information, Message = "Application host directory is: {AppHostDirectory}")]
        public static partial void Folder(ILogger logger, string appHostDirectory);

        [LoggerMessage(Level = LogLevel.Information, Message = "Distributed application started. Press Ctrl+C to shut down.")]
        public static partial void Started(ILogger logger);
    }
}
