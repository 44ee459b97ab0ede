using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>How an application under test differs from one that is run: any ports, no dashboard, every line of every resource in the log.</summary>
internal static class TestingDefaults
{
    public static void Apply(Assembly appHost, string[] args, DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        options.Args = [.. options.Args ?? [], .. args];
        options.AssemblyName = appHost.GetName().Name;
        options.DisableDashboard = true;
        options.EnableResourceLogging = true;

        settings.ApplicationName = appHost.GetName().Name;
        settings.EnvironmentName = Environments.Development;
        if (Directory.Exists(options.ProjectDirectory))
        {
            settings.ContentRootPath = options.ProjectDirectory;
        }

        settings.Configuration ??= new ConfigurationManager();
        settings.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["DcpPublisher:RandomizePorts"] = "true",
            ["DcpPublisher:ContainerRuntimeInitializationTimeout"] = "00:00:30",
            ["ASPNETCORE_URLS"] = "http://localhost:8080",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://localhost:4317",
            ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
        });
        if (options.ProjectDirectory is { } directory)
        {
            AddOwnLaunchProfile(directory, settings);
        }
    }

    /// <summary>What <c>dotnet run</c> would have taken from the AppHost's launch profile.</summary>
    private static void AddOwnLaunchProfile(string directory, HostApplicationBuilderSettings settings)
    {
        var profiles = LaunchProfiles.Read(directory);
        var asked = Environment.GetEnvironmentVariable("DOTNET_LAUNCH_PROFILE");
        var (name, profile) = asked is not null && profiles.TryGetValue(asked, out var named)
            ? KeyValuePair.Create(asked, named)
            : profiles.FirstOrDefault(profile => LaunchProfiles.StartsTheProject(profile.Value));
        if (profile is null)
        {
            return;
        }

        var values = new Dictionary<string, string?> { [LaunchProfiles.DefaultNameKey] = name };
        foreach (var (variable, value) in profile.EnvironmentVariables)
        {
            values[variable.Replace("__", ":", StringComparison.Ordinal)] = value;
            if (variable is "DOTNET_ENVIRONMENT" or "ASPNETCORE_ENVIRONMENT")
            {
                settings.EnvironmentName = value;
            }
        }

        settings.Configuration!.AddInMemoryCollection(values);
    }
}
