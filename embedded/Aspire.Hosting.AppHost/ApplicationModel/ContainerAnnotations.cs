namespace Aspire.Hosting.ApplicationModel;

/// <summary>How long a container lives.</summary>
public enum ContainerLifetime
{
    /// <summary>As long as the AppHost runs.</summary>
    Session,

    /// <summary>Until somebody removes it: the next run finds it again.</summary>
    Persistent,
}

/// <summary>How long the container lives.</summary>
public sealed class ContainerLifetimeAnnotation : IResourceAnnotation
{
    /// <summary>The lifetime.</summary>
    public required ContainerLifetime Lifetime { get; set; }
}

/// <summary>The image of a container.</summary>
public sealed class ContainerImageAnnotation : IResourceAnnotation
{
    private string? _tag;
    private string? _sha256;

    /// <summary>The registry; null: the engine's own.</summary>
    public string? Registry { get; set; }

    /// <summary>The image's name without registry and tag.</summary>
    public required string Image { get; set; }

    /// <summary>The tag; setting it forgets a digest.</summary>
    public string? Tag
    {
        get => _tag;
        set => (_tag, _sha256) = (value, null);
    }

    /// <summary>The digest; setting it forgets a tag.</summary>
    public string? SHA256
    {
        get => _sha256;
        set => (_sha256, _tag) = (value, null);
    }

    /// <summary>The whole reference: registry/image:tag.</summary>
    internal string Reference =>
        $"{(string.IsNullOrEmpty(Registry) ? "" : $"{Registry}/")}{Image}{(SHA256 is null ? $":{Tag ?? "latest"}" : $"@sha256:{SHA256}")}";
}

/// <summary>The container's name in its engine; without it the name is made from the resource's.</summary>
public sealed class ContainerNameAnnotation : IResourceAnnotation
{
    /// <summary>The name.</summary>
    public required string Name { get; set; }
}

/// <summary>What is mounted into a container.</summary>
public enum ContainerMountType
{
    /// <summary>A file or folder of this machine.</summary>
    BindMount,

    /// <summary>A volume of the engine.</summary>
    Volume,
}

/// <summary>A mount of a container.</summary>
public sealed class ContainerMountAnnotation : IResourceAnnotation
{
    /// <summary>Mounts a volume or a path; an anonymous volume has no source.</summary>
    public ContainerMountAnnotation(string? source, string target, ContainerMountType type, bool isReadOnly)
    {
        if (type == ContainerMountType.BindMount && !Path.IsPathRooted(source))
        {
            throw new ArgumentException($"The source of a bind mount must be an absolute path; it is '{source}'.", nameof(source));
        }

        Source = source;
        Target = target;
        Type = type;
        IsReadOnly = isReadOnly;
    }

    /// <summary>The volume's name or the absolute path.</summary>
    public string? Source { get; }

    /// <summary>The path within the container.</summary>
    public string Target { get; }

    /// <summary>Volume or path.</summary>
    public ContainerMountType Type { get; }

    /// <summary>Whether the container may only read it.</summary>
    public bool IsReadOnly { get; }
}

/// <summary>What a callback for the engine's own options is given.</summary>
public sealed class ContainerRuntimeArgsCallbackContext
{
    /// <summary>Creates the context for one container.</summary>
    public ContainerRuntimeArgsCallbackContext(IList<object> args, CancellationToken cancellationToken = default)
    {
        Args = args;
        CancellationToken = cancellationToken;
    }

    /// <summary>The options so far; each is a string or an <see cref="IValueProvider"/>.</summary>
    public IList<object> Args { get; }

    /// <summary>Ends when the start is given up.</summary>
    public CancellationToken CancellationToken { get; }
}

/// <summary>Adds options to the engine's command that makes the container.</summary>
public sealed class ContainerRuntimeArgsCallbackAnnotation : IResourceAnnotation
{
    /// <summary>Adds them in a callback.</summary>
    public ContainerRuntimeArgsCallbackAnnotation(Func<ContainerRuntimeArgsCallbackContext, Task> callback) => Callback = callback;

    /// <summary>The callback.</summary>
    public Func<ContainerRuntimeArgsCallbackContext, Task> Callback { get; }
}

/// <summary>The image is built from a Dockerfile.</summary>
public class DockerfileBuildAnnotation : IResourceAnnotation
{
    /// <summary>Gives the absolute paths of context and Dockerfile, and the stage that is meant.</summary>
    public DockerfileBuildAnnotation(string contextPath, string dockerfilePath, string? stage)
    {
        ContextPath = contextPath;
        DockerfilePath = dockerfilePath;
        Stage = stage;
    }

    /// <summary>The folder that the Dockerfile copies from.</summary>
    public string ContextPath { get; }

    /// <summary>The Dockerfile.</summary>
    public string DockerfilePath { get; }

    /// <summary>The stage; null: the last.</summary>
    public string? Stage { get; }

    /// <summary>Values of the Dockerfile's ARG lines; null: that of the environment.</summary>
    public Dictionary<string, object?> BuildArguments { get; } = [];

    /// <summary>Values that the build may read and the image does not keep.</summary>
    public Dictionary<string, object> BuildSecrets { get; } = [];

    /// <summary>The name of the image that is built.</summary>
    public string? ImageName { get; set; }

    /// <summary>The tag of the image that is built.</summary>
    public string? ImageTag { get; set; }
}
