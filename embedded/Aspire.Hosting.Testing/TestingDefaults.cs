using System.Reflection;
using Aspire.Hosting.Publishing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>How an application under test differs from one that is run: any ports, no dashboard, every line of every resource in the log.</summary>
internal static class TestingDefaults
{
    private const string LaunchProfileKey = "DOTNET_LAUNCH_PROFILE";

    private static readonly string[] PrefixesOfTheHost = ["DOTNET_", "ASPNETCORE_"];

    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["DcpPublisher:RandomizePorts"] = "true",
        ["DcpPublisher:WaitForResourceCleanup"] = "true",
        ["DcpPublisher:ContainerRuntimeInitializationTimeout"] = "00:00:30",
        ["ASPNETCORE_URLS"] = "http://localhost:8080",
        ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://localhost:4317",
        ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true",
    };

    /// <summary>The defaults come first, then what the test says; the AppHost's launch profile fills in what is left.</summary>
    public static void Apply(
        Assembly appHost,
        string[] args,
        DistributedApplicationOptions options,
        HostApplicationBuilderSettings settings,
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure)
    {
        options.Args = [.. options.Args ?? [], .. args];
        options.AssemblyName = appHost.GetName().Name;
        options.DisableDashboard = true;
        options.EnableResourceLogging = true;

        settings.ApplicationName = appHost.GetName().Name;
        if (Directory.Exists(options.ProjectDirectory))
        {
            settings.ContentRootPath = options.ProjectDirectory;
        }

        settings.Configuration ??= new ConfigurationManager();
        settings.Configuration.AddInMemoryCollection(Settings);
        configure(options, settings);
        if (options.ProjectDirectory is { } directory)
        {
            AddOwnLaunchProfile(directory, options, settings);
        }
    }

    /// <summary>What <c>dotnet run</c> would have taken from the AppHost's launch profile, except where a default or the test says otherwise.</summary>
    private static void AddOwnLaunchProfile(string directory, DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        var profiles = LaunchProfiles.Read(directory);
        if (profiles.Count == 0)
        {
            return;
        }

        settings.Configuration ??= new ConfigurationManager();
        using var said = new ConfigurationManager();
        said.AddConfiguration(settings.Configuration);
        said.AddCommandLine(PipelineOptions.Normalize(options.Args ?? []));

        // The first, whatever its command is: that decides only for the projects of the application.
        var name = said[LaunchProfileKey] is { Length: > 0 } asked ? asked : profiles.First().Key;
        if (!profiles.TryGetValue(name, out var profile))
        {
            throw new InvalidOperationException($"The AppHost has no launch profile '{name}', which {LaunchProfileKey} asks for; it has {string.Join(", ", profiles.Keys.Select(known => $"'{known}'"))}.");
        }

        var values = new Dictionary<string, string?>();
        AddUnlessSaid(LaunchProfileKey, name);
        foreach (var (variable, value) in profile.EnvironmentVariables)
        {
            AddUnlessSaid(variable, value);

            // The host knows its own variables without their prefix: DOTNET_ENVIRONMENT is its "ENVIRONMENT".
            if (said[variable] is null && PrefixesOfTheHost.FirstOrDefault(prefix => variable.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) is { } prefix)
            {
                AddUnlessSaid(variable[prefix.Length..], value);
            }
        }

        settings.Configuration.AddInMemoryCollection(values);

        void AddUnlessSaid(string key, string? value)
        {
            if (said[key] is null)
            {
                values[key] = value;
            }
        }
    }
}
