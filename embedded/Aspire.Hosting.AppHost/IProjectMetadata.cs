using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>A project of the solution, as the build describes it in the Projects namespace.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>The project file.</summary>
    string ProjectPath { get; }

    /// <summary>Whether the project was built together with the AppHost, so that it need not be built when it starts.</summary>
    bool SuppressBuild => false;
}
