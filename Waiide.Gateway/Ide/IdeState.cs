namespace Waiide.Gateway.Ide;

/// <summary>Whether the IDE can be used, as the last probe or the supervisor saw it.</summary>
internal enum IdeStatus
{
    /// <summary>Not ready yet.</summary>
    Starting,

    /// <summary>/version answered.</summary>
    Running,

    /// <summary>It ended or stopped answering; supervised, it comes back by itself.</summary>
    Failed,
}

/// <summary>The one place where the IDE's state is kept: written by the supervisor or the probe, read by the proxy, the API and the health check.</summary>
internal sealed class IdeState
{
    private volatile Snapshot _now = new(IdeStatus.Starting, "The IDE is starting.", 0);

    /// <summary>One consistent view: the status, one sentence for a person, and how often a supervised IDE was started again.</summary>
    internal sealed record Snapshot(IdeStatus Status, string Detail, int Restarts);

    public Snapshot Now => _now;

    public bool IsUsable => _now.Status == IdeStatus.Running;

    public void Set(IdeStatus status, string detail, int? restarts = null) => _now = new Snapshot(status, detail, restarts ?? _now.Restarts);
}
