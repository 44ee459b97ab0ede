using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adding containers to an application.</summary>
public static partial class ContainerResourceBuilderExtensions
{
    /// <summary>Adds a container of an image, such as <c>nginx:1.28</c>; without a tag <c>latest</c> is meant.</summary>
    public static IResourceBuilder<ContainerResource> AddContainer(this IDistributedApplicationBuilder builder, string name, string image) =>
        builder.AddResource(new ContainerResource(name)).WithImage(image);

    /// <summary>Adds a container of an image with a tag.</summary>
    public static IResourceBuilder<ContainerResource> AddContainer(this IDistributedApplicationBuilder builder, string name, string image, string tag) =>
        builder.AddResource(new ContainerResource(name)).WithImage(image, tag);

    /// <summary>Adds a container whose image is built when it starts; relative paths are meant relative to the AppHost's folder, the Dockerfile's to the context.</summary>
    public static IResourceBuilder<ContainerResource> AddDockerfile(
        this IDistributedApplicationBuilder builder,
        string name,
        string contextPath,
        string? dockerfilePath = null,
        string? stage = null)
    {
        var context = Path.GetFullPath(contextPath, builder.AppHostDirectory);
        var build = new DockerfileBuildAnnotation(context, Path.GetFullPath(dockerfilePath ?? "Dockerfile", context), stage) { ImageName = name.ToLowerInvariant() };
        return builder.AddContainer(name, build.ImageName).WithAnnotation(build);
    }

    /// <summary>Gives the Dockerfile's ARG a value: a text, a parameter, a value that is known later, or null for that of the environment.</summary>
    public static IResourceBuilder<T> WithBuildArg<T>(this IResourceBuilder<T> builder, string name, object? value)
        where T : ContainerResource
    {
        if (SecretIn(value) is { } secret)
        {
            throw new InvalidOperationException($"Parameter '{secret.Name}' is a secret, and a build argument stays in the image. Use WithBuildSecret.");
        }

        builder.Build().BuildArguments[name] = value;
        return builder;
    }

    /// <summary>Gives the Dockerfile's ARG the value of a parameter.</summary>
    public static IResourceBuilder<T> WithBuildArg<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> value)
        where T : ContainerResource => builder.WithBuildArg(name, (object)value.Resource);

    /// <summary>Lets the build read a parameter at <c>/run/secrets</c> with <c>RUN --mount=type=secret</c>; the image does not keep it.</summary>
    public static IResourceBuilder<T> WithBuildSecret<T>(this IResourceBuilder<T> builder, string name, IResourceBuilder<ParameterResource> value)
        where T : ContainerResource
    {
        builder.Build().BuildSecrets[name] = value.Resource;
        return builder;
    }

    /// <summary>Sets the image and, unless the image's name has one, the tag; neither: <c>latest</c>.</summary>
    public static IResourceBuilder<T> WithImage<T>(this IResourceBuilder<T> builder, string image, string? tag = null)
        where T : ContainerResource
    {
        // registry:5000/name:tag@sha256:digest
        var (name, digest) = Cut(image, image.IndexOf('@', StringComparison.Ordinal));
        var (path, ownTag) = Cut(name, name.LastIndexOf(':') is var colon && colon > name.LastIndexOf('/') ? colon : -1);
        if (tag is not null && (ownTag ?? digest) is not null)
        {
            throw new InvalidOperationException($"The image '{image}' of resource '{builder.Resource.Name}' has a tag or digest already; leave out the tag '{tag}'.");
        }

        if (path.Length == 0 || digest is not null && !digest.StartsWith("sha256:", StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{image}' is no name of an image, such as nginx, docker.io/library/nginx:1.28 or nginx@sha256:<digest>.", nameof(image));
        }

        var known = builder.Resource.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault();
        var annotation = known ?? new ContainerImageAnnotation { Image = path };
        annotation.Image = path;
        annotation.Tag = ownTag ?? tag ?? "latest";
        if (digest is not null)
        {
            annotation.SHA256 = digest["sha256:".Length..];
        }

        return known is null ? builder.WithAnnotation(annotation) : builder;
    }

    /// <summary>Sets the program that the container runs.</summary>
    public static IResourceBuilder<T> WithEntrypoint<T>(this IResourceBuilder<T> builder, string entrypoint)
        where T : ContainerResource
    {
        builder.Resource.Entrypoint = entrypoint;
        return builder;
    }

    /// <summary>Adds options to the engine's command that makes the container.</summary>
    public static IResourceBuilder<T> WithContainerRuntimeArgs<T>(this IResourceBuilder<T> builder, params string[] args)
        where T : ContainerResource => builder.WithAnnotation(new ContainerRuntimeArgsCallbackAnnotation(context =>
        {
            foreach (var argument in args)
            {
                context.Args.Add(argument);
            }

            return Task.CompletedTask;
        }));

    /// <summary>Sets how long the container lives.</summary>
    public static IResourceBuilder<T> WithLifetime<T>(this IResourceBuilder<T> builder, ContainerLifetime lifetime)
        where T : ContainerResource =>
        builder.WithAnnotation(new ContainerLifetimeAnnotation { Lifetime = lifetime }, ResourceAnnotationMutationBehavior.Replace);

    /// <summary>Sets the container's name in its engine.</summary>
    public static IResourceBuilder<T> WithContainerName<T>(this IResourceBuilder<T> builder, string name)
        where T : ContainerResource => builder.WithAnnotation(new ContainerNameAnnotation { Name = name }, ResourceAnnotationMutationBehavior.Replace);

    private static ParameterResource? SecretIn(object? value) => value switch
    {
        ParameterResource { Secret: true } secret => secret,
        IResourceBuilder<ParameterResource> parameter => SecretIn(parameter.Resource),
        ReferenceExpression expression => expression.ValueProviders.Select(SecretIn).FirstOrDefault(secret => secret is not null),
        _ => null,
    };

    private static (string Before, string? After) Cut(string text, int at) => at < 0 ? (text, null) : (text[..at], text[(at + 1)..]);

    private static DockerfileBuildAnnotation Build<T>(this IResourceBuilder<T> builder)
        where T : ContainerResource => builder.Resource.TryGetLastAnnotation<DockerfileBuildAnnotation>(out var build)
            ? build
            : throw new InvalidOperationException($"Resource '{builder.Resource.Name}' is not built from a Dockerfile. Add it with AddDockerfile.");
}
