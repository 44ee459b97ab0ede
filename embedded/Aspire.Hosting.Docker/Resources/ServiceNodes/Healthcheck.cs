namespace Aspire.Hosting.Docker.Resources.ServiceNodes;

/// <summary>How the engine finds out whether a service is healthy.</summary>
public sealed class Healthcheck
{
    /// <summary>CMD and a command, or CMD-SHELL and a line for a shell.</summary>
    public List<string> Test { get; set; } = [];

    /// <summary>The pause between two checks.</summary>
    public required string Interval { get; set; }

    /// <summary>How long a check may take.</summary>
    public required string Timeout { get; set; }

    /// <summary>How many checks in a row must fail.</summary>
    public int? Retries { get; set; }

    /// <summary>For how long failures do not count after the start.</summary>
    public required string StartPeriod { get; set; }
}
