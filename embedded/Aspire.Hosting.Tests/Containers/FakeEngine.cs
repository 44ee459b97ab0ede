using Aspire.Hosting.Tests.Processes;

namespace Aspire.Hosting.Tests.Containers;

/// <summary>A script in podman's place, in a folder of its own.</summary>
internal sealed class FakeEngine : IDisposable
{
    public const string Real = "/usr/bin/podman";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aspire-containers-engine-");

    /// <summary>The script runs with sh; $here is the folder.</summary>
    public FakeEngine(string script)
    {
        File.WriteAllText(Path, $"#!/bin/sh\nhere={_folder.FullName}\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    public string Path => FileOf("podman");

    public string FileOf(string name) => System.IO.Path.Combine(_folder.FullName, name);

    /// <summary>An AppHost for which it is podman.</summary>
    public OwnerProcess Own(params string[] arguments) =>
        OwnerProcess.Start([ContainerOwner.Argument, .. arguments], new() { ["PATH"] = $"{_folder.FullName}:{Environment.GetEnvironmentVariable("PATH")}" });

    public void Dispose() => _folder.Delete(recursive: true);
}
