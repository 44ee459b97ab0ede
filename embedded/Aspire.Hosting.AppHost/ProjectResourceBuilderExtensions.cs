using System.Collections.Immutable;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adding projects of the solution to an application.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project; its endpoints and variables come from its launch profile.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() => builder.AddProject<TProject>(name, static _ => { });

    /// <summary>Adds a project with one of its launch profiles by name; null: with none.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, string? launchProfileName)
        where TProject : IProjectMetadata, new() => builder.AddProject<TProject>(name, options =>
        {
            options.ExcludeLaunchProfile = launchProfileName is null;
            options.LaunchProfileName = launchProfileName;
        });

    /// <summary>Adds a project and says which launch profile it has.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, Action<ProjectResourceOptions> configure)
        where TProject : IProjectMetadata, new()
    {
        var options = new ProjectResourceOptions();
        configure(options);
        var metadata = new TProject();
        var project = builder.AddResource(new ProjectResource(name)).WithAnnotation<IProjectMetadata>(metadata);

        var profile = options.ExcludeLaunchProfile
            ? null
            : LaunchProfiles.Choose(LaunchProfiles.Read(Path.GetDirectoryName(metadata.ProjectPath)!), options.LaunchProfileName, builder.Configuration, metadata.ProjectPath);
        if (profile is not null)
        {
            project.WithAnnotation(profile);
            if (builder.ExecutionContext.IsPublishMode)
            {
                project.WithPublishedEndpoints(profile.Profile);
            }
            else
            {
                project.WithProfileEndpoints(profile.Profile);
            }
        }

        return project
            .WithEnvironment(context => OtlpVariables.Add(context, builder.Configuration, builder.Environment))
            .WithEnvironment(context => AddDefaults(context, project.Resource, profile));
    }

    /// <summary>Does without the variable that makes a published project believe whatever X-Forwarded-* headers it is sent.</summary>
    public static IResourceBuilder<ProjectResource> DisableForwardedHeaders(this IResourceBuilder<ProjectResource> builder) =>
        builder.WithAnnotation(new DisableForwardedHeadersAnnotation(), ResourceAnnotationMutationBehavior.Replace);

    private static IResourceBuilder<ProjectResource> WithProfileEndpoints(this IResourceBuilder<ProjectResource> project, LaunchProfile profile)
    {
        var seen = new Dictionary<string, int>();
        foreach (var url in profile.ApplicationUrls)
        {
            // The second URL of a scheme is http2, the third http3.
            seen[url.Scheme] = seen.GetValueOrDefault(url.Scheme) + 1;
            var name = seen[url.Scheme] == 1 ? url.Scheme : $"{url.Scheme}{seen[url.Scheme]}";
            var endpoint = new EndpointAnnotation(ProtocolType.Tcp, uriScheme: url.Scheme, name: name, port: url.Port);
            if (url.Host is "*" or "+" or "0.0.0.0" or "[::]")
            {
                endpoint.TargetHost = "0.0.0.0";
            }

            project.WithAnnotation(endpoint);
        }

        return profile.LaunchUrl is not { Length: > 0 } path ? project : project.WithUrls(context =>
        {
            foreach (var url in context.Urls.Where(url => url.Endpoint is { IsHttp: true } or { IsHttps: true }))
            {
                url.Url = new Uri(new Uri(url.Url), path).ToString();
            }
        });
    }

    // A launch profile is of this machine: that the project is a web project is all that is published of it.
    private static void WithPublishedEndpoints(this IResourceBuilder<ProjectResource> project, LaunchProfile profile)
    {
        if (profile.ApplicationUrl is not null)
        {
            project.WithHttpEndpoint(name: "http").WithHttpsEndpoint(name: "https");
        }
    }

    private static void AddPublishedDefaults(EnvironmentCallbackContext context, ProjectResource project, bool isWebProject)
    {
        var variables = context.EnvironmentVariables;
        if (project.HasAnnotationOfType<EndpointAnnotation>() && !project.HasAnnotationOfType<DisableForwardedHeadersAnnotation>())
        {
            // Something in front of it ends TLS and knows who the client is.
            variables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
        }

        // The https endpoint that every web project has when it is published is none that it listens on: nobody gave it a certificate.
        var listens = project.GetEndpoints()
            .Where(endpoint => endpoint.EndpointAnnotation.TargetPortEnvironmentVariable is null && !(isWebProject && endpoint.EndpointName == "https"))
            .ToArray();
        foreach (var (name, scheme) in (IEnumerable<(string, string)>)[("HTTP_PORTS", "http"), ("HTTPS_PORTS", "https")])
        {
            var ports = new ReferenceExpressionBuilder();
            foreach (var endpoint in listens.Where(endpoint => endpoint.Scheme == scheme))
            {
                ports.AppendLiteral(ports.IsEmpty ? "" : ";");
                ports.AppendFormatted(endpoint.Property(EndpointProperty.TargetPort));
            }

            if (!ports.IsEmpty)
            {
                variables.TryAdd(name, ports.Build());
            }
        }
    }

    private static void AddDefaults(EnvironmentCallbackContext context, ProjectResource project, LaunchProfileAnnotation? profile)
    {
        if (context.ExecutionContext.IsPublishMode)
        {
            AddPublishedDefaults(context, project, isWebProject: profile?.Profile.ApplicationUrl is not null);
            return;
        }

        var variables = context.EnvironmentVariables;
        variables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
        variables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";

        // An endpoint that tells its port in a variable of its own is none of ASP.NET's.
        var urls = project.GetEndpoints()
            .Where(endpoint => (endpoint.IsHttp || endpoint.IsHttps) && endpoint.EndpointAnnotation.TargetPortEnvironmentVariable is null)
            .ToImmutableArray();
        if (urls.FirstOrDefault(endpoint => endpoint.IsHttps) is { } https)
        {
            variables.TryAdd("ASPNETCORE_HTTPS_PORT", https.Property(EndpointProperty.Port));
        }

        if (urls.Length > 0)
        {
            var listen = new ReferenceExpressionBuilder();
            foreach (var endpoint in urls)
            {
                listen.AppendLiteral($"{(listen.IsEmpty ? "" : ";")}{endpoint.Scheme}://{endpoint.EndpointAnnotation.TargetHost}:");
                listen.AppendFormatted(endpoint.Property(EndpointProperty.TargetPort));
            }

            variables.TryAdd("ASPNETCORE_URLS", listen.Build());
        }

        if (profile is null)
        {
            return;
        }

        variables["DOTNET_LAUNCH_PROFILE"] = profile.Name;
        foreach (var (name, value) in profile.Profile.EnvironmentVariables)
        {
            variables.TryAdd(name, Environment.ExpandEnvironmentVariables(value));
        }
    }
}

/// <summary>The project decides by itself which X-Forwarded-* headers it believes.</summary>
internal sealed class DisableForwardedHeadersAnnotation : IResourceAnnotation;

/// <summary>How a project is added.</summary>
public class ProjectResourceOptions
{
    /// <summary>The launch profile; null: chosen.</summary>
    public string? LaunchProfileName { get; set; }

    /// <summary>Whether to do without a launch profile.</summary>
    public bool ExcludeLaunchProfile { get; set; }
}
