using System.Collections;
using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>What is started for a resource: command, arguments, folder and variables, with every value known.</summary>
internal sealed record LaunchPlan(
    string Command,
    ImmutableArray<string> Arguments,
    ImmutableArray<string> OwnArguments,
    string WorkingDirectory,
    IReadOnlyDictionary<string, string> Variables)
{
    /// <summary>Variables that are the AppHost's own affair; a child that got them would listen where the AppHost does or think it were its environment.</summary>
    private static readonly HashSet<string> NotInherited = ["ASPNETCORE_URLS", "DOTNET_LAUNCH_PROFILE", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT"];

    /// <summary>The resource's variables on top of those that the AppHost itself has.</summary>
    public IReadOnlyDictionary<string, string> CompleteEnvironment()
    {
        var all = new Dictionary<string, string>();
        foreach (DictionaryEntry inherited in Environment.GetEnvironmentVariables())
        {
            if (!NotInherited.Contains((string)inherited.Key))
            {
                all[(string)inherited.Key] = (string?)inherited.Value ?? "";
            }
        }

        foreach (var (name, value) in Variables)
        {
            all[name] = value;
        }

        return all;
    }

    /// <summary>Asks everything that has a say in the start of the resource; waits for values that are not known yet.</summary>
    public static async Task<LaunchPlan> CreateAsync(
        IResource resource,
        Assembly? appHost,
        DistributedApplicationExecutionContext executionContext,
        Func<Dictionary<string, object>, Task> addCertificate,
        ILogger log,
        CancellationToken cancellationToken)
    {
        var variables = await VariablesAsync(resource, executionContext, addCertificate, log, cancellationToken).ConfigureAwait(false);
        var arguments = await ArgumentsAsync(resource, executionContext, log, cancellationToken).ConfigureAwait(false);
        if (resource is ExecutableResource executable)
        {
            return new LaunchPlan(executable.Command, arguments, arguments, executable.WorkingDirectory, variables);
        }

        var project = resource.Annotations.OfType<IProjectMetadata>().Last();
        if (arguments.IsEmpty && resource.TryGetLastAnnotation<LaunchProfileAnnotation>(out var profile))
        {
            arguments = [.. CommandLine.Split(profile.Profile.CommandLineArgs ?? "")];
        }

        var configuration = appHost?.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration;
        return new LaunchPlan(
            "dotnet",
            [
                "run",
                "--project",
                project.ProjectPath,
                .. project.SuppressBuild ? (string[])["--no-build"] : [],
                .. configuration is { Length: > 0 } ? (string[])["--configuration", configuration] : [],
                "--no-launch-profile",
                .. arguments.IsEmpty ? [] : (string[])["--", .. arguments],
            ],
            arguments,
            Path.GetDirectoryName(project.ProjectPath)!,
            variables);
    }

    private static async Task<IReadOnlyDictionary<string, string>> VariablesAsync(
        IResource resource,
        DistributedApplicationExecutionContext executionContext,
        Func<Dictionary<string, object>, Task> addCertificate,
        ILogger log,
        CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(executionContext, resource, cancellationToken: cancellationToken) { Logger = log };
        foreach (var variables in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToArray())
        {
            await variables.Callback(context).ConfigureAwait(false);
        }

        await addCertificate(context.EnvironmentVariables).ConfigureAwait(false);

        var known = new Dictionary<string, string>();
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            if (await ValueAsync(value, cancellationToken).ConfigureAwait(false) is { } text)
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

        var known = ImmutableArray.CreateBuilder<string>();
        foreach (var argument in context.Args)
        {
            if (await ValueAsync(argument, cancellationToken).ConfigureAwait(false) is { } text)
            {
                known.Add(text);
            }
        }

        return known.ToImmutable();
    }

    private static async ValueTask<string?> ValueAsync(object? value, CancellationToken cancellationToken) => value switch
    {
        IValueProvider provider => await provider.GetValueAsync(cancellationToken).ConfigureAwait(false),
        IResourceBuilder<IResource> { Resource: IValueProvider provider } => await provider.GetValueAsync(cancellationToken).ConfigureAwait(false),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}

/// <summary>Splits a command line as launch profiles have it: at spaces, except within double quotes.</summary>
internal static class CommandLine
{
    public static IEnumerable<string> Split(string commandLine)
    {
        var word = new System.Text.StringBuilder();
        var (quoted, begun) = (false, false);
        foreach (var c in commandLine)
        {
            if (c == '"')
            {
                (quoted, begun) = (!quoted, true);
            }
            else if (c == ' ' && !quoted)
            {
                if (begun)
                {
                    yield return word.ToString();
                }

                word.Clear();
                begun = false;
            }
            else
            {
                word.Append(c);
                begun = true;
            }
        }

        if (begun)
        {
            yield return word.ToString();
        }
    }
}
