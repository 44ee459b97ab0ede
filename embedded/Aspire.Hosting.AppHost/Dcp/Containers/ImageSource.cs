using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp.Containers;

/// <summary>Sees to it that a container's image is there: pulls it where it is not, or builds it.</summary>
internal sealed class ImageSource(ContainerEngine engine, Action<string, bool> onLine)
{
    /// <summary>Pulls the image unless it is there; the result is the image's id.</summary>
    public async Task<string> PullAsync(string image, CancellationToken cancellationToken)
    {
        if (await IdAsync(image, cancellationToken).ConfigureAwait(false) is { } known)
        {
            return known;
        }

        onLine($"Pulling {image} with {engine.Name}.", false);
        await RunAsync(["pull", image], $"The image {image} could not be pulled", cancellationToken).ConfigureAwait(false);
        return await IdAsync(image, cancellationToken).ConfigureAwait(false) ?? throw new ContainerEngineException($"{engine.Name} has no image {image} although it pulled it.");
    }

    /// <summary>Builds the image; layers that are there already are the engine's affair. The result is its name and its id.</summary>
    public async Task<(string Image, string Id)> BuildAsync(DockerfileBuildAnnotation build, IResource resource, CancellationToken cancellationToken)
    {
        if (!File.Exists(build.DockerfilePath) || !Directory.Exists(build.ContextPath))
        {
            throw new DistributedApplicationException(
                $"The image of '{resource.Name}' cannot be built: {(Directory.Exists(build.ContextPath) ? $"there is no file '{build.DockerfilePath}'" : $"there is no folder '{build.ContextPath}'")}.");
        }

        var arguments = new List<string>();
        foreach (var (name, value) in build.BuildArguments)
        {
            arguments.AddRange(["--build-arg", value is null ? name : $"{name}={await LaunchValues.TextAsync(value, resource, cancellationToken).ConfigureAwait(false)}"]);
        }

        var image = $"{build.ImageName}:{build.ImageTag ?? await TagAsync(build, arguments, cancellationToken).ConfigureAwait(false)}";
        var secrets = new List<string>();
        try
        {
            foreach (var (name, value) in build.BuildSecrets)
            {
                secrets.Add(PrivateFile.Create(await LaunchValues.TextAsync(value, resource, cancellationToken).ConfigureAwait(false) ?? ""));
                arguments.AddRange(["--secret", $"id={name},src={secrets[^1]}"]);
            }

            onLine($"Building {image} with {engine.Name}.", false);
            await RunAsync(
                [
                    "build",
                    // podman's own format has no HEALTHCHECK.
                    .. engine.IsPodman ? (string[])["--format", "docker"] : [],
                    "--file", build.DockerfilePath,
                    "--tag", image,
                    .. build.Stage is null ? [] : (string[])["--target", build.Stage],
                    .. arguments,
                    build.ContextPath,
                ],
                $"The image of '{resource.Name}' could not be built",
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            secrets.ForEach(File.Delete);
        }

        return (image, await IdAsync(image, cancellationToken).ConfigureAwait(false) ?? throw new ContainerEngineException($"{engine.Name} has no image {image} although it built it."));
    }

    private async Task<string?> IdAsync(string image, CancellationToken cancellationToken)
    {
        var answer = await engine.TryAsync(["image", "inspect", "--format", "{{.Id}}", image], cancellationToken).ConfigureAwait(false);
        return answer.IsSuccess ? answer.Output.Trim() : null;
    }

    // Other sources, arguments or another stage make another image; a change within the context makes a new one of the same name.
    private static async Task<string> TagAsync(DockerfileBuildAnnotation build, List<string> arguments, CancellationToken cancellationToken)
    {
        var dockerfile = await File.ReadAllTextAsync(build.DockerfilePath, cancellationToken).ConfigureAwait(false);
        var key = string.Join('\0', [build.ContextPath, dockerfile, build.Stage ?? "", .. arguments]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..12];
    }

    private async Task RunAsync(IReadOnlyList<string> arguments, string failure, CancellationToken cancellationToken)
    {
        var errors = new List<string>();
        var exitCode = await engine.FollowAsync(
            arguments,
            (line, isError) =>
            {
                // Progress is told on standard error too, so that it means nothing until the command fails.
                onLine(line, false);
                if (isError)
                {
                    errors.Add(line);
                }
            },
            cancellationToken).ConfigureAwait(false);
        if (exitCode != 0)
        {
            throw new ContainerEngineException($"{failure}: {new EngineAnswer(exitCode, [], errors).Complaint}");
        }
    }
}
