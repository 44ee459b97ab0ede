using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Health;
using Aspire.Hosting.Lifecycle;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <inheritdoc />
public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly DistributedApplicationOptions _options;

    /// <summary>Begins an application with command line arguments.</summary>
    public DistributedApplicationBuilder(string[] args)
        : this(new DistributedApplicationOptions { Args = args })
    {
    }

    /// <summary>Begins an application.</summary>
    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        _options = options;
        var settings = new HostApplicationBuilderSettings { Args = options.Args };
        BuilderInterception.Current?.Creating(options, settings);
        settings.Args = PipelineOptions.Normalize(options.Args ?? []);

        _host = new HostApplicationBuilder(settings);
        var pipeline = PipelineOptions.Read(Configuration, settings.Args);
        AppHostDirectory = options.ProjectDirectory ?? Environment.ContentRootPath;
        ExecutionContext = new DistributedApplicationExecutionContext(pipeline.Operation);

        _host.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // A check that fails is shown as the state of its resource; its log would repeat that every few seconds.
        _host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService", LogLevel.None);

        Services.AddHttpClient();
        Services.AddHealthChecks();
        Services.AddSingleton(options);
        Services.AddSingleton(pipeline);
        Services.AddSingleton(ExecutionContext);
        Services.AddSingleton(Eventing);
        Services.AddSingleton(_ => new DistributedApplicationModel(Resources));
        Services.AddSingleton<ResourceLoggerService>();
#pragma warning disable ASPIRECERTIFICATES001 // Experimental for those who call it.
        Services.AddSingleton<IDeveloperCertificateService, DeveloperCertificates>();
#pragma warning restore ASPIRECERTIFICATES001
        Services.AddSingleton<ResourceNotificationService>();
        Services.AddSingleton(services => new ResourceCommandService(
            services.GetRequiredService<ResourceNotificationService>(),
            services.GetRequiredService<ResourceLoggerService>(),
            services,
            services.GetRequiredService<ILogger<ResourceCommandService>>()));

        // Hosted services start in this order and stop in the opposite one: the engine first of all.
        Services.AddHostedService<StartupMessages>();
        if (ExecutionContext.IsPublishMode)
        {
            if (pipeline.LogLevel is { } level)
            {
                _host.Logging.SetMinimumLevel(level);
            }

            // What failed is told once, by whoever runs the application.
            _host.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
            Services.AddHostedService<PipelineExecutor>();
            return;
        }

        Services.AddHostedService<LauncherWatch>();
        if (options.EnableResourceLogging)
        {
            Services.AddHostedService<ResourceLogForwarder>();
        }

        Services.AddHostedService<ResourceHealthMonitor>();
        if (!options.DisableDashboard)
        {
            Services.AddSingleton<ApplicationView>();
            Services.AddHostedService<DashboardHost>();
        }

        Services.AddHostedService<ApplicationExecutor>();
    }

    /// <inheritdoc />
    public ConfigurationManager Configuration => _host.Configuration;

    /// <inheritdoc />
    public string AppHostDirectory { get; }

    /// <inheritdoc />
    public Assembly? AppHostAssembly => _options.Assembly;

    /// <inheritdoc />
    public IHostEnvironment Environment => _host.Environment;

    /// <inheritdoc />
    public IServiceCollection Services => _host.Services;

    /// <inheritdoc />
    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    /// <inheritdoc />
    public DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <inheritdoc />
    public IResourceCollection Resources { get; } = new ResourceCollection();

    /// <inheritdoc />
    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    /// <inheritdoc />
    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    /// <inheritdoc />
    public DistributedApplication Build()
    {
        BuilderInterception.Current?.Building(this);
        var application = new DistributedApplication(_host.Build());
        BuilderInterception.Current?.Built(application);
        return application;
    }
}
