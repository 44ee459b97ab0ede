using Microsoft.Extensions.DependencyInjection;

namespace Waiide.AppHost;

/// <summary>Shows on the console what a step reports that people may have to wait for.</summary>
internal static class Progress
{
    /// <summary>Prints the lines of the step that begin with <paramref name="mark"/>; all of them stand in its log anyway.</summary>
    public static IResourceBuilder<ExecutableResource> WithProgress(this IResourceBuilder<ExecutableResource> step, string mark)
    {
        step.ApplicationBuilder.Eventing.Subscribe<BeforeStartEvent>((start, cancellationToken) =>
        {
            _ = PrintAsync(start.Services.GetRequiredService<ResourceLoggerService>(), step.Resource, mark);
            return Task.CompletedTask;
        });
        return step;
    }

    private static async Task PrintAsync(ResourceLoggerService logs, IResource step, string mark)
    {
        await foreach (var lines in logs.WatchAsync(step))
        {
            foreach (var line in lines)
            {
                // "2026-01-31T09:05:07.1234567Z ide: ready in 14 s": the log puts the time before what the step printed.
                var at = line.Content.IndexOf(mark, StringComparison.Ordinal);
                if (at >= 0)
                {
                    Console.WriteLine(line.Content[at..]);
                }
            }
        }
    }
}
