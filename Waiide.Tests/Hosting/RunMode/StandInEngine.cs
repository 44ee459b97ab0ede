using System.Text.Json.Nodes;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hosting.RunMode;

/// <summary>A folder for the front of a PATH: its podman notes what it is asked for (engine.cjs), and its sh and dotnet how resources are started.</summary>
internal sealed class StandInEngine : IDisposable
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TempDirectory _folder = new();

    public StandInEngine()
    {
        Write("podman", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Hosting", "RunMode", "engine.cjs")));
        Write("sh", Noting("-c mkdir*"));
        Write("dotnet", Noting("run --project*"));
    }

    /// <summary>With this PATH programs find what is here first.</summary>
    public string SearchPath => $"{_folder.Path}:{Environment.GetEnvironmentVariable("PATH")}";

    /// <summary>What was asked of the engine when it made the container of a resource; null: it has not been started yet.</summary>
    public JsonNode? Container(string resource) =>
        Directory.EnumerateFiles(_folder.Path, $"{resource}-*.asked").Select(file => JsonNode.Parse(File.ReadAllText(file))).SingleOrDefault();

    /// <summary>The names of the files that were copied into the container of a resource.</summary>
    public IEnumerable<string> FilesOf(string resource)
    {
        if (Directory.EnumerateFiles(_folder.Path, $"{resource}-*.tar").SingleOrDefault() is not { } copied)
        {
            yield break;
        }

        using var stream = File.OpenRead(copied);
        using var archive = new System.Formats.Tar.TarReader(stream);
        while (archive.GetNextEntry() is { } entry)
        {
            if (entry.EntryType is System.Formats.Tar.TarEntryType.RegularFile)
            {
                yield return "/" + entry.Name.TrimStart('.').TrimStart('/');
            }
        }
    }

    /// <summary>The started process with this among its arguments.</summary>
    public StartedProcess Process(string argument) => Directory.EnumerateFiles(_folder.Path, "*.cwd")
        .Select(file => Path.ChangeExtension(file, null))
        .Select(file => new StartedProcess(
            Path.GetFileNameWithoutExtension(file),
            Lines(file + ".cmdline", '\0')[2..], // Without the shell and the script.
            Lines(file + ".environ", '\0'),
            Lines(file + ".cwd", '\n').Single()))
        .Single(process => process.Arguments.Any(known => known.Contains(argument, StringComparison.Ordinal)));

    public void Dispose() => _folder.Dispose();

    private static string[] Lines(string file, char separator) => File.ReadAllText(file).TrimEnd(separator).Split(separator);

    /// <summary>Notes where a process was started, with which arguments and variables, and becomes it.</summary>
    private static string Noting(string arguments) => $$"""
        #!/bin/sh
        case "$*" in
        {{arguments.Replace(" ", "\\ ", StringComparison.Ordinal)}}) cp /proc/$$/cmdline "$0.$$.cmdline"; cp /proc/$$/environ "$0.$$.environ"; pwd > "$0.$$.cwd" ;;
        esac
        PATH=${PATH#*:} name=${0##*/}
        exec "$(command -v "$name")" "$@"

        """;

    private void Write(string name, string text)
    {
        var file = Path.Combine(_folder.Path, name);
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, Executable);
    }
}

/// <summary>How a process was started; its variables are in the order of its environment.</summary>
internal sealed record StartedProcess(string Command, string[] Arguments, string[] Variables, string Folder);
