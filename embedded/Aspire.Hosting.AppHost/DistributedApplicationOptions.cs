using System.Reflection;

namespace Aspire.Hosting;

/// <summary>How an application is built.</summary>
public sealed class DistributedApplicationOptions
{
    private string? _projectDirectory;

    /// <summary>The command line arguments.</summary>
    public string[]? Args { get; set; }

    /// <summary>The AppHost's assembly, where it is not the one that the process was started with.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>Whether to do without a dashboard.</summary>
    public bool DisableDashboard { get; set; }

    /// <summary>Whether the lines of resources go to the AppHost's log too.</summary>
    public bool EnableResourceLogging { get; set; }

    /// <summary>The AppHost's folder; by default the one that its assembly was built from.</summary>
    public string? ProjectDirectory
    {
        get => _projectDirectory ?? Metadata("apphostprojectpath");
        set => _projectDirectory = value;
    }

    /// <summary>The AppHost's assembly.</summary>
    internal Assembly? Assembly => AssemblyName is null ? Assembly.GetEntryAssembly() : Assembly.Load(AssemblyName);

    private string? Metadata(string key) => Assembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(metadata => string.Equals(metadata.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;
}
