namespace Aspire.Hosting.ApplicationModel;

/// <summary>A .NET project that is run with <c>dotnet run</c>.</summary>
public class ProjectResource : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport, IComputeResource
{
    /// <summary>Describes a project.</summary>
    public ProjectResource(string name)
        : base(name)
    {
    }
}
