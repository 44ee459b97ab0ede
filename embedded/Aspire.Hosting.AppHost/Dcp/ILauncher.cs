using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp;

/// <summary>Changes what is shown about the resource that is being started.</summary>
internal delegate Task Publish(Func<CustomResourceSnapshot, CustomResourceSnapshot> change);

/// <summary>How one kind of resource is started: as a process or as a container.</summary>
internal interface ILauncher
{
    /// <summary>The state of a resource of this kind that has ended.</summary>
    string StateAtEnd { get; }

    /// <summary>Starts it once, and describes it on the way.</summary>
    Task<ILaunched> LaunchAsync(Publish publish, CancellationToken cancellationToken);
}

/// <summary>One run of a resource.</summary>
internal interface ILaunched
{
    DateTime StartedAt { get; }

    /// <summary>The exit code; complete once its output is read and nothing of it is left. Canceled when it was left running.</summary>
    Task<int> Exited { get; }

    /// <summary>What is known of it only now that it runs.</summary>
    ImmutableArray<ResourcePropertySnapshot> Properties { get; }

    /// <summary>Asks it to end, and sees to it; complete with <see cref="Exited"/>. Cancelling ends the waiting, not the stopping.</summary>
    Task StopAsync(CancellationToken cancellationToken);

    /// <summary>The application ends: so does this, unless it is to outlive it.</summary>
    Task ReleaseAsync(CancellationToken cancellationToken);
}
