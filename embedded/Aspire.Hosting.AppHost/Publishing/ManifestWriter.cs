using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>Writes the model as a manifest: each resource in the order of the model, with expressions in braces for what is known only where it is deployed.</summary>
internal sealed class ManifestWriter(Utf8JsonWriter json, string folder, PipelineContext context)
{
    private readonly PublishedPorts _ports = new();
    private readonly List<IResource> _referenced = [];

    public async Task WriteAsync()
    {
        json.WriteStartObject();
        json.WriteStartObject("resources");
        foreach (var resource in context.Model.Resources)
        {
            await WriteResourceAsync(resource).ConfigureAwait(false);
        }

        // What others refer to is needed even where the model does not have it.
        for (var i = 0; i < _referenced.Count; i++)
        {
            if (!context.Model.Resources.Contains(_referenced[i]))
            {
                await WriteResourceAsync(_referenced[i]).ConfigureAwait(false);
            }
        }

        json.WriteEndObject();
        json.WriteEndObject();
        await json.FlushAsync(context.CancellationToken).ConfigureAwait(false);
    }

    private async Task WriteResourceAsync(IResource resource)
    {
        if (resource.HasAnnotationOfType<ManifestPublishingCallbackAnnotation>())
        {
            return;
        }

        json.WriteStartObject(resource.Name);
        switch (resource)
        {
            case ContainerResource container:
                await WriteContainerAsync(container).ConfigureAwait(false);
                break;

            case ProjectResource:
                WriteType(resource, "project");
                json.WriteString("path", Relative(resource.Annotations.OfType<IProjectMetadata>().Last().ProjectPath));
                await WriteProcessAsync(resource).ConfigureAwait(false);
                break;

            case ExecutableResource executable:
                json.WriteString("type", "executable.v0");
                json.WriteString("workingDirectory", Relative(executable.WorkingDirectory));
                json.WriteString("command", executable.Command);
                await WriteProcessAsync(resource).ConfigureAwait(false);
                break;

            case ParameterResource parameter:
                WriteParameter(parameter);
                break;

            default:
                json.WriteString("error", "This resource does not support generation in the manifest.");
                break;
        }

        json.WriteEndObject();
    }

    // Version 1 says that the deployment of the resource is decided by something in the model.
    private void WriteType(IResource resource, string type) =>
        json.WriteString("type", $"{type}.{(resource.HasAnnotationOfType<DeploymentTargetAnnotation>() ? "v1" : "v0")}");

    private async Task WriteContainerAsync(ContainerResource container)
    {
        if (container.TryGetLastAnnotation<DockerfileBuildAnnotation>(out var build))
        {
            json.WriteString("type", "container.v1");
            WriteBuild(build);
        }
        else
        {
            WriteType(container, "container");
            json.WriteString("image", container.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault()?.Reference
                ?? throw new DistributedApplicationException($"Container '{container.Name}' has no image. Give it one with WithImage."));
        }

        if (container.Entrypoint is { } entrypoint)
        {
            json.WriteString("entrypoint", entrypoint);
        }

        await WriteArgumentsAsync(container).ConfigureAwait(false);
        WriteMounts(container);
        await WriteEnvironmentAsync(container).ConfigureAwait(false);
        WriteBindings(container);
    }

    private async Task WriteProcessAsync(IResource resource)
    {
        await WriteArgumentsAsync(resource).ConfigureAwait(false);
        await WriteEnvironmentAsync(resource).ConfigureAwait(false);
        WriteBindings(resource);
    }

    private void WriteBuild(DockerfileBuildAnnotation build)
    {
        json.WriteStartObject("build");
        json.WriteString("context", Relative(build.ContextPath));
        json.WriteString("dockerfile", Relative(build.DockerfilePath));
        if (build.Stage is { } stage)
        {
            json.WriteString("stage", stage);
        }

        if (build.BuildArguments.Count > 0)
        {
            json.WriteStartObject("args");
            foreach (var (name, value) in build.BuildArguments)
            {
                // null: that of the environment in which the image is built.
                json.WriteString(name, value is null ? null : Expression(value));
            }

            json.WriteEndObject();
        }

        if (build.BuildSecrets.Count > 0)
        {
            json.WriteStartObject("secrets");
            foreach (var (name, value) in build.BuildSecrets)
            {
                json.WriteStartObject(name);
                json.WriteString("type", "env");
                json.WriteString("value", Expression(value));
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteMounts(ContainerResource container)
    {
        foreach (var (name, type, source) in (IEnumerable<(string, ContainerMountType, string)>)
            [("bindMounts", ContainerMountType.BindMount, "source"), ("volumes", ContainerMountType.Volume, "name")])
        {
            var mounts = container.Annotations.OfType<ContainerMountAnnotation>().Where(mount => mount.Type == type).ToArray();
            if (mounts.Length == 0)
            {
                continue;
            }

            json.WriteStartArray(name);
            foreach (var mount in mounts)
            {
                json.WriteStartObject();
                if (mount.Source is not null)
                {
                    json.WriteString(source, type == ContainerMountType.BindMount ? Relative(mount.Source) : mount.Source);
                }

                json.WriteString("target", mount.Target);
                json.WriteBoolean("readOnly", mount.IsReadOnly);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }
    }

    private async Task WriteArgumentsAsync(IResource resource)
    {
        var arguments = await PublishedValues.ArgumentsAsync(resource, context).ConfigureAwait(false);
        if (arguments.Count > 0)
        {
            json.WriteStartArray("args");
            foreach (var argument in arguments)
            {
                json.WriteStringValue(Expression(argument));
            }

            json.WriteEndArray();
        }
    }

    private async Task WriteEnvironmentAsync(IResource resource)
    {
        var variables = await PublishedValues.VariablesAsync(resource, context).ConfigureAwait(false);
        if (variables.Count > 0)
        {
            json.WriteStartObject("env");
            foreach (var (name, value) in variables)
            {
                json.WriteString(name, Expression(value));
            }

            json.WriteEndObject();
        }
    }

    private void WriteBindings(IResource resource)
    {
        var endpoints = PublishedEndpoint.Of(resource, _ports);
        if (endpoints.Count == 0)
        {
            return;
        }

        json.WriteStartObject("bindings");
        foreach (var published in endpoints)
        {
            json.WriteStartObject(published.Endpoint.Name);
            json.WriteString("scheme", published.Endpoint.UriScheme);
            json.WriteString("protocol", published.Endpoint.Protocol.ToString().ToLowerInvariant());
            json.WriteString("transport", published.Endpoint.Transport);
            if (published is { IsExposedPortImplied: false, ExposedPort: { } port })
            {
                json.WriteNumber("port", port);
            }

            if (published.TargetPort is { } targetPort)
            {
                json.WriteNumber("targetPort", targetPort);
            }

            if (published.Endpoint.IsExternal)
            {
                json.WriteBoolean("external", true);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private void WriteParameter(ParameterResource parameter)
    {
        json.WriteString("type", "parameter.v0");
        json.WriteString("value", $"{{{parameter.Name}.inputs.value}}");
        json.WriteStartObject("inputs");
        json.WriteStartObject("value");
        json.WriteString("type", "string");
        if (parameter.Secret)
        {
            json.WriteBoolean("secret", true);
        }

        if (parameter.Default is IManifestDefault published)
        {
            json.WriteStartObject("default");
            published.WriteTo(json);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    private string Expression(object? value)
    {
        value = PublishedValues.Unwrap(value);
        Refer(value);
        return value is IManifestExpressionProvider expression ? expression.ValueExpression : PublishedValues.Text(value);
    }

    private void Refer(object? value)
    {
        switch (value)
        {
            case EndpointReference endpoint:
                Refer(endpoint.Resource);
                break;

            case EndpointReferenceExpression part:
                Refer(part.Endpoint);
                break;

            case ReferenceExpression expression:
                foreach (var part in expression.ValueProviders)
                {
                    Refer(part);
                }

                break;

            case IResource resource when !_referenced.Contains(resource):
                _referenced.Add(resource);
                break;
        }
    }

    private string Relative(string path) => Path.GetRelativePath(folder, path).Replace('\\', '/');
}
