using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Lets the testing builder follow the application that an AppHost's entry point builds; it flows with the thread that the entry point runs on.</summary>
internal abstract class BuilderInterception
{
    private static readonly AsyncLocal<BuilderInterception?> Ambient = new();

    public static BuilderInterception? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    public abstract void Creating(DistributedApplicationOptions options, HostApplicationBuilderSettings settings);

    public virtual void Building(DistributedApplicationBuilder builder)
    {
    }

    public virtual void Built(DistributedApplication application)
    {
    }
}
