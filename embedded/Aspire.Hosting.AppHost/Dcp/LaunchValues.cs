using System.Collections.Immutable;
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>What callbacks and references make of a resource's variables and arguments when it starts, with every value known.</summary>
internal sealed record LaunchValues(IReadOnlyDictionary<string, string> Variables, ImmutableArray<string> Arguments)
{
    /// <summary>Asks everything that has a say; waits for values that are not known yet.</summary>
    public static async Task<LaunchValues> CreateAsync(
        IResource resource,
        DistributedApplicationExecutionContext executionContext,
        ServerCertificate? certificate,
        ILogger log,
        CancellationToken cancellationToken) => new(
            await VariablesAsync(resource, executionContext, certificate, log, cancellationToken).ConfigureAwait(false),
            await ArgumentsAsync(resource, executionContext, log, cancellationToken).ConfigureAwait(false));

    /// <summary>The values as texts, those that are null left out.</summary>
    public static async Task<ImmutableArray<string>> TextsAsync(IEnumerable<object> values, IResource caller, CancellationToken cancellationToken)
    {
        var texts = ImmutableArray.CreateBuilder<string>();
        foreach (var value in values)
        {
            if (await TextAsync(value, caller, cancellationToken).ConfigureAwait(false) is { } text)
            {
                texts.Add(text);
            }
        }

        return texts.ToImmutable();
    }

    /// <summary>The value as a text.</summary>
    public static async ValueTask<string?> TextAsync(object? value, IResource caller, CancellationToken cancellationToken) => value switch
    {
        IValueProvider provider => await provider.GetValueAsync(caller, cancellationToken).ConfigureAwait(false),
        IResourceBuilder<IResource> { Resource: IValueProvider provider } => await provider.GetValueAsync(caller, cancellationToken).ConfigureAwait(false),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static async Task<IReadOnlyDictionary<string, string>> VariablesAsync(
        IResource resource,
        DistributedApplicationExecutionContext executionContext,
        ServerCertificate? certificate,
        ILogger log,
        CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(executionContext, resource, cancellationToken: cancellationToken) { Logger = log };
        foreach (var variables in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
        {
            await variables.Callback(context).ConfigureAwait(false);
        }

        if (certificate is not null)
        {
            await certificate.ConfigureAsync(resource, context.EnvironmentVariables).ConfigureAwait(false);
        }

        var known = new Dictionary<string, string>();
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            if (await TextAsync(value, resource, cancellationToken).ConfigureAwait(false) is { } text)
            {
                known[name] = text;
            }
        }

        return known;
    }

    private static async Task<ImmutableArray<string>> ArgumentsAsync(
        IResource resource,
        DistributedApplicationExecutionContext executionContext,
        ILogger log,
        CancellationToken cancellationToken)
    {
        var context = new CommandLineArgsCallbackContext([], resource, cancellationToken) { ExecutionContext = executionContext, Logger = log };
        foreach (var arguments in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>().ToArray())
        {
            await arguments.Callback(context).ConfigureAwait(false);
        }

        return await TextsAsync(context.Args, resource, cancellationToken).ConfigureAwait(false);
    }
}
