using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Publishing;

/// <summary>Does in publish mode what the engine does in run mode: the steps that were asked for, and then the application ends.</summary>
internal sealed partial class PipelineExecutor(
    IEnumerable<PipelineStep> steps,
    PipelineOptions options,
    DistributedApplicationModel model,
    DistributedApplicationExecutionContext executionContext,
    IServiceProvider services,
    IHostApplicationLifetime lifetime,
    ILogger<PipelineExecutor> logger) : IHostedLifecycleService
{
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        var pipeline = new Pipeline([.. WellKnownSteps.All, .. steps]);
        if (options.ListSteps)
        {
            foreach (var step in options.Step is { } last ? pipeline.UpTo(last) : pipeline.All)
            {
                Console.WriteLine($"{step.Name}: {step.Description}{(step.DependsOn.Count > 0 ? $" After {string.Join(", ", step.DependsOn)}." : "")}");
            }
        }
        else
        {
            await RunAsync(pipeline, cancellationToken).ConfigureAwait(false);
        }

        lifetime.StopApplication();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task RunAsync(Pipeline pipeline, CancellationToken cancellationToken)
    {
        var asked = options.Step ?? WellKnownSteps.Publish;
        var plan = pipeline.UpTo(asked);
        if (asked == WellKnownSteps.Publish && !plan.Any(step => step.DependsOn.Contains(WellKnownSteps.PublishPrereq) && step.Action is not null))
        {
            throw new DistributedApplicationException("There is nothing to publish to: add an environment such as AddDockerComposeEnvironment(\"compose\"), or ask for the manifest with --publisher manifest --output-path FILE.");
        }

        var context = new PipelineContext(model, executionContext, services, logger, options.OutputPath, cancellationToken);
        foreach (var step in plan.Where(step => step.Action is not null))
        {
            Log.Step(logger, step.Name);
            try
            {
                await step.Action!(context).ConfigureAwait(false);
            }
            catch (Exception failure) when (failure is not OperationCanceledException) // Callbacks of the AppHost are among them: which step it was, and why, is told in one place.
            {
                var details = options.IncludeExceptionDetails ? failure.ToString() : failure.Message;
                throw new DistributedApplicationException($"Step '{step.Name}' failed: {details}", failure);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Step '{Step}' begins.")]
        public static partial void Step(ILogger logger, string step);
    }
}
