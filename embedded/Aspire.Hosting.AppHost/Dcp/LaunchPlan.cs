using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>The process that is started for a resource: command, arguments, folder and variables, with every value known.</summary>
/// <param name="Built">The program that the command would run in the end, with the resource's own arguments; it is started at once.</param>
internal sealed record LaunchPlan(
    string Command,
    ImmutableArray<string> Arguments,
    ImmutableArray<string> OwnArguments,
    string WorkingDirectory,
    IReadOnlyDictionary<string, string> Variables,
    string? Built = null)
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

        if (Built is not null)
        {
            all.TryAdd("DOTNET_ROOT", BuiltProgram.DotnetRoot); // As "dotnet run" does.
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
        ServerCertificate? certificate,
        ILogger log,
        CancellationToken cancellationToken)
    {
        var (variables, arguments) = await LaunchValues.CreateAsync(resource, executionContext, certificate, log, cancellationToken).ConfigureAwait(false);
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
            variables,
            project.SuppressBuild ? BuiltProgram.Of(appHost, project.ProjectPath) : null);
    }
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
