using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>What a resource's callbacks say about its variables and arguments, with values as they are: nothing is known yet of where it will run.</summary>
internal static class PublishedValues
{
    public static async Task<Dictionary<string, object>> VariablesAsync(IResource resource, PipelineContext pipeline)
    {
        var context = new EnvironmentCallbackContext(pipeline.ExecutionContext, resource, cancellationToken: pipeline.CancellationToken) { Logger = pipeline.Logger };
        foreach (var variables in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
        {
            await variables.Callback(context).ConfigureAwait(false);
        }

        return context.EnvironmentVariables;
    }

    public static async Task<IList<object>> ArgumentsAsync(IResource resource, PipelineContext pipeline)
    {
        var context = new CommandLineArgsCallbackContext([], resource, pipeline.CancellationToken) { ExecutionContext = pipeline.ExecutionContext, Logger = pipeline.Logger };
        foreach (var arguments in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToArray())
        {
            await arguments.Callback(context).ConfigureAwait(false);
        }

        return context.Args;
    }

    /// <summary>The value behind a builder; every other value is itself.</summary>
    public static object? Unwrap(object? value) => value is IResourceBuilder<IResource> { Resource: var resource } ? resource : value;

    /// <summary>A value that is no expression, as text.</summary>
    public static string Text(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        IValueProvider unknown => throw new DistributedApplicationException($"A {unknown.GetType().Name} cannot be published: it has a value only where the application runs."),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
