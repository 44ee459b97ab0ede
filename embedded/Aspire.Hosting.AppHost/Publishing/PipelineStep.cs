using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Publishing;

/// <summary>A step of publishing, with the steps that must be done before it and those that are not done without it; without an action it only gathers others.</summary>
internal sealed record PipelineStep(string Name, string Description, Func<PipelineContext, Task>? Action = null)
{
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    public IReadOnlyList<string> RequiredBy { get; init; } = [];
}

/// <summary>What a step is given.</summary>
internal sealed record PipelineContext(
    DistributedApplicationModel Model,
    DistributedApplicationExecutionContext ExecutionContext,
    IServiceProvider Services,
    ILogger Logger,
    string? OutputPath,
    CancellationToken CancellationToken)
{
    /// <summary>Where files go when nobody says it.</summary>
    public string OutputDirectory => Path.GetFullPath(OutputPath ?? "aspire-output");
}

/// <summary>The steps that every pipeline has.</summary>
internal static class WellKnownSteps
{
    public const string BeforeStart = "before-start";
    public const string PublishPrereq = "publish-prereq";
    public const string Publish = "publish";
    public const string PublishManifest = "publish-manifest";

    public static IEnumerable<PipelineStep> All =>
    [
        new(BeforeStart, "Completes the model before anything is done with it."),
        new(PublishPrereq, "Comes before everything that publishes.") { DependsOn = [BeforeStart] },
        new(Publish, "Publishes everything that the model can be published as.") { DependsOn = [PublishPrereq] },
        new(PublishManifest, "Publishes the model as a JSON manifest, which azd reads.", ManifestPublisher.PublishAsync) { DependsOn = [BeforeStart] },
    ];
}
