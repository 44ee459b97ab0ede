using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dcp.Processes;

namespace Aspire.Hosting.Dcp;

/// <summary>Starts a project or an executable as a process.</summary>
internal sealed class ProcessLauncher(IResource resource, ExecutorServices app, ProcessRun processes) : ILauncher
{
    public string StateAtEnd => KnownResourceStates.Finished;

    public async Task<ILaunched> LaunchAsync(Publish publish, CancellationToken cancellationToken)
    {
        var certificate = await ServerCertificate.OfAsync(resource, processes.Folder, app.Services, cancellationToken).ConfigureAwait(false);
        certificate?.Write();
        var plan = await LaunchPlan.CreateAsync(resource, app.Options.Assembly, app.ExecutionContext, certificate, app.Logs.GetLogger(resource), cancellationToken).ConfigureAwait(false);
        await publish(snapshot => Described(snapshot, plan) with { State = null, ExitCode = null }).ConfigureAwait(false);
        return await processes.StartAsync(
            new ProcessSpec(
                resource.InstanceId(),
                plan.Built ?? plan.Command,
                plan.Built is null ? plan.Arguments : plan.OwnArguments,
                plan.WorkingDirectory,
                plan.CompleteEnvironment(),
                (line, isError) => app.Logs.Append(resource, line, isError)),
            cancellationToken).ConfigureAwait(false);
    }

    private CustomResourceSnapshot Described(CustomResourceSnapshot snapshot, LaunchPlan plan)
    {
        var properties = ImmutableArray.CreateBuilder<ResourcePropertySnapshot>();
        properties.Add(new("executable.path", plan.Command));
        properties.Add(new("executable.workDir", plan.WorkingDirectory));
        properties.Add(new("executable.args", plan.Arguments) { IsSensitive = true });
        properties.Add(new("resource.appArgs", plan.OwnArguments) { IsSensitive = true });
        if (resource.Annotations.OfType<IProjectMetadata>().LastOrDefault() is { } project)
        {
            properties.Add(new("project.path", project.ProjectPath));
        }

        if (resource.TryGetLastAnnotation<LaunchProfileAnnotation>(out var profile))
        {
            properties.Add(new("project.launchProfile", profile.Name));
        }

        return snapshot with
        {
            Properties = properties.ToImmutable(),
            EnvironmentVariables = [.. plan.Variables.Select(variable => new EnvironmentVariableSnapshot(variable.Key, variable.Value, IsFromSpec: true))],
        };
    }
}
