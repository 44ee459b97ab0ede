using Aspire.Hosting.Eventing;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The application is about to start; the model can still be changed.</summary>
public class BeforeStartEvent : IDistributedApplicationEvent
{
    /// <summary>Creates the event.</summary>
    public BeforeStartEvent(IServiceProvider services, DistributedApplicationModel model)
    {
        Services = services;
        Model = model;
    }

    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; }

    /// <summary>The application's resources.</summary>
    public DistributedApplicationModel Model { get; }
}

/// <summary>Every resource that starts by itself was started, or failed to.</summary>
public class AfterResourcesCreatedEvent : IDistributedApplicationEvent
{
    /// <summary>Creates the event.</summary>
    public AfterResourcesCreatedEvent(IServiceProvider services, DistributedApplicationModel model)
    {
        Services = services;
        Model = model;
    }

    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; }

    /// <summary>The application's resources.</summary>
    public DistributedApplicationModel Model { get; }
}

/// <summary>A resource of one's own kind may begin its life now.</summary>
public class InitializeResourceEvent : IDistributedApplicationResourceEvent
{
    /// <summary>Creates the event.</summary>
    public InitializeResourceEvent(
        IResource resource,
        IDistributedApplicationEventing distributedApplicationEventing,
        ResourceLoggerService resourceLoggerService,
        ResourceNotificationService resourceNotificationService,
        IServiceProvider services)
    {
        Resource = resource;
        Eventing = distributedApplicationEventing;
        Notifications = resourceNotificationService;
        Services = services;
        Logger = resourceLoggerService.GetLogger(resource);
    }

    /// <inheritdoc />
    public IResource Resource { get; }

    /// <summary>Where events are published.</summary>
    public IDistributedApplicationEventing Eventing { get; }

    /// <summary>Where states are published.</summary>
    public ResourceNotificationService Notifications { get; }

    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; }

    /// <summary>The resource's log.</summary>
    public ILogger Logger { get; }
}

/// <summary>The ports of a resource are known.</summary>
public class ResourceEndpointsAllocatedEvent : IDistributedApplicationResourceEvent
{
    /// <summary>Creates the event.</summary>
    public ResourceEndpointsAllocatedEvent(IResource resource, IServiceProvider services)
    {
        Resource = resource;
        Services = services;
    }

    /// <inheritdoc />
    public IResource Resource { get; }

    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; }
}

/// <summary>A resource is about to start; it has not waited for others yet.</summary>
public class BeforeResourceStartedEvent : IDistributedApplicationResourceEvent
{
    /// <summary>Creates the event.</summary>
    public BeforeResourceStartedEvent(IResource resource, IServiceProvider services)
    {
        Resource = resource;
        Services = services;
    }

    /// <inheritdoc />
    public IResource Resource { get; }

    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; }
}

/// <summary>A resource runs and is healthy for the first time since it was started; those that wait for it also wait for the handlers.</summary>
public class ResourceReadyEvent : IDistributedApplicationResourceEvent
{
    /// <summary>Creates the event.</summary>
    public ResourceReadyEvent(IResource resource, IServiceProvider services)
    {
        Resource = resource;
        Services = services;
    }

    /// <inheritdoc />
    public IResource Resource { get; }

    /// <summary>The application's services.</summary>
    public IServiceProvider Services { get; }
}
