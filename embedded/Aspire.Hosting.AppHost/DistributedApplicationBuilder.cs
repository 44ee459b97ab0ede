using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Health;
using Aspire.Hosting.Lifecycle;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <inheritdoc />
public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    /// <summary>The AppHost's switches and the configuration keys that they set.</summary>
    private static readonly Dictionary<string, string> Switches = new()
    {
        ["--operation"] = "AppHost:Operation",
        ["--publisher"] = "Publishing:Publisher",
        ["--dcp-container-runtime"] = "DcpPublisher:ContainerRuntime",
    };

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
        settings.Args = options.Args;

        _host = new HostApplicationBuilder(settings);
        Configuration.AddCommandLine(options.Args ?? [], Switches);
        AppHostDirectory = options.ProjectDirectory ?? Environment.ContentRootPath;
        ExecutionContext = new DistributedApplicationExecutionContext(Operation());

        _host.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        // A check that fails is shown as the state of its resource; its log would repeat that every few seconds.
        _host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService", LogLevel.None);

        Services.AddHttpClient();
        Services.AddHealthChecks();
        Services.AddSingleton(options);
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

    private DistributedApplicationOperation Operation()
    {
        var operation = Configuration["AppHost:Operation"];
        if (string.IsNullOrEmpty(operation))
        {
            // azd asks for the manifest with nothing but "--publisher manifest".
            return string.Equals(Configuration["Publishing:Publisher"], "manifest", StringComparison.OrdinalIgnoreCase)
                ? DistributedApplicationOperation.Publish
                : DistributedApplicationOperation.Run;
        }

        return Enum.TryParse<DistributedApplicationOperation>(operation, ignoreCase: true, out var known)
            ? known
            : throw new DistributedApplicationException($"'{operation}' is no operation: use --operation run or --operation publish.");
    }
}
