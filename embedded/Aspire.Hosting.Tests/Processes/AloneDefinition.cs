namespace Aspire.Hosting.Tests.Processes;

/// <summary>Tests that measure this very process, so that nothing else may run in it meanwhile.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneDefinition
{
    public const string Name = "alone";
}
