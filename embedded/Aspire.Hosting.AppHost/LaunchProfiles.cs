using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>One way to run a project, from Properties/launchSettings.json.</summary>
internal sealed record LaunchProfile
{
    public string? CommandName { get; init; }

    public string? CommandLineArgs { get; init; }

    public string? ApplicationUrl { get; init; }

    public string? LaunchUrl { get; init; }

    public Dictionary<string, string> EnvironmentVariables { get; init; } = [];

    /// <summary>The URLs that the profile asks for.</summary>
    public IEnumerable<Uri> ApplicationUrls =>
        (ApplicationUrl ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(url => new Uri(url));
}

/// <summary>The profile that a project is run with.</summary>
internal sealed record LaunchProfileAnnotation(string Name, LaunchProfile Profile) : IResourceAnnotation;

/// <summary>Reads a project's launch profiles and chooses one.</summary>
internal static class LaunchProfiles
{
    private static readonly JsonSerializerOptions Lenient = new(JsonSerializerDefaults.Web)
    {
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>The profiles of the project in a folder, in the order of the file.</summary>
    public static IReadOnlyDictionary<string, LaunchProfile> Read(string projectDirectory)
    {
        var file = Path.Combine(projectDirectory, "Properties", "launchSettings.json");
        if (!File.Exists(file))
        {
            return new Dictionary<string, LaunchProfile>();
        }

        try
        {
            var settings = JsonSerializer.Deserialize<LaunchSettings>(File.ReadAllText(file), Lenient);
            return settings?.Profiles ?? [];
        }
        catch (JsonException exception)
        {
            throw new DistributedApplicationException($"{file} is not valid: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// The profile that was asked for by name; else the one with the name of the AppHost's own; else the first that starts the project itself; else none.
    /// </summary>
    public static LaunchProfileAnnotation? Choose(IReadOnlyDictionary<string, LaunchProfile> profiles, string? asked, IConfiguration configuration, string projectPath)
    {
        if (asked is not null)
        {
            return profiles.TryGetValue(asked, out var named)
                ? new LaunchProfileAnnotation(asked, named)
                : throw new DistributedApplicationException($"{projectPath} has no launch profile '{asked}'.");
        }

        var ownName = configuration["AppHost:DefaultLaunchProfileName"] ?? configuration["DOTNET_LAUNCH_PROFILE"];
        if (ownName is not null && profiles.TryGetValue(ownName, out var same))
        {
            return new LaunchProfileAnnotation(ownName, same);
        }

        var first = profiles.FirstOrDefault(profile => StartsTheProject(profile.Value));
        return first.Value is null ? null : new LaunchProfileAnnotation(first.Key, first.Value);
    }

    /// <summary>Whether a profile starts the project itself, not IIS or a container.</summary>
    private static bool StartsTheProject(LaunchProfile profile) => profile.CommandName is null or "" or "Project" or "Executable";

    private sealed record LaunchSettings
    {
        public Dictionary<string, LaunchProfile> Profiles { get; init; } = [];
    }
}
