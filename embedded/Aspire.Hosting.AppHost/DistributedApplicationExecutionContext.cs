using Aspire.Hosting.Dashboard;

namespace Aspire.Hosting;

/// <summary>What the AppHost was started for.</summary>
public enum DistributedApplicationOperation
{
    /// <summary>To run the application here.</summary>
    Run,

    /// <summary>To write down how it is run elsewhere.</summary>
    Publish,
}

/// <summary>Tells the AppHost's own code what it was started for.</summary>
public class DistributedApplicationExecutionContext
{
    /// <summary>Creates the context of an operation.</summary>
    public DistributedApplicationExecutionContext(DistributedApplicationOperation operation) => Operation = operation;

    /// <summary>What the AppHost was started for.</summary>
    public DistributedApplicationOperation Operation { get; }

    /// <summary>Whether the application runs here.</summary>
    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    /// <summary>Whether the application is published.</summary>
    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;

    /// <summary>The dashboard that the engine itself has started; null: there is none.</summary>
    internal DashboardHost? Dashboard { get; set; }
}
