namespace Aspire.Hosting.ApplicationModel;

/// <summary>A container of an image, run by docker or podman.</summary>
public class ContainerResource : Resource, IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport, IComputeResource
{
    /// <summary>Describes a container; the entry point is the image's own unless one is given.</summary>
    public ContainerResource(string name, string? entrypoint = null)
        : base(name) => Entrypoint = entrypoint;

    /// <summary>The program that the container runs; null: the image's own.</summary>
    public string? Entrypoint { get; set; }
}
