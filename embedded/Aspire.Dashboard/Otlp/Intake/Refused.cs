using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry;

namespace Aspire.Dashboard.Otlp.Intake;

/// <summary>Counts what could not be kept, and remembers the first reason: a partial success, of which the sender is told.</summary>
internal sealed class Refused
{
    public static readonly string TooManyResources = $"More than {Limits.Resources} resources have sent telemetry: this one is new and is not kept.";

    public int Count { get; private set; }

    public string Reason { get; private set; } = "";

    public void Add(int count, string reason)
    {
        if (count > 0)
        {
            Count += count;
            Reason = Reason.Length > 0 ? Reason : reason;
        }
    }
}

/// <summary>The library or category of what follows.</summary>
internal static class ScopeIntake
{
    public static Scope Of(InstrumentationScope? scope) => new(Names.Of(scope?.Name ?? ""), Names.Of(scope?.Version ?? ""));
}
