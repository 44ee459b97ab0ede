namespace Aspire.Dashboard.Tests;

/// <summary>For tests that measure the memory of the whole process: others would count along.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
