namespace Aspire.Hosting.ApplicationModel;

/// <summary>A file or folder that is copied into a container before it starts.</summary>
public abstract class ContainerFileSystemItem
{
    private string? _name;

    /// <summary>The name, without a path.</summary>
    public string Name
    {
        get => _name ?? "";
        set => _name = value.Contains('/', StringComparison.Ordinal) || value is "." or ".."
            ? throw new ArgumentException($"'{value}' is a path and no name; put the file into a ContainerDirectory.", nameof(value))
            : value;
    }

    /// <summary>The user id of its owner; null: the default of the files it belongs to.</summary>
    public int? Owner { get; set; }

    /// <summary>The group id; null: the default of the files it belongs to.</summary>
    public int? Group { get; set; }

    /// <summary>The permissions; 0: those that the umask leaves.</summary>
    public UnixFileMode Mode { get; set; }
}

/// <summary>A file with its content, here or on this machine.</summary>
public abstract class ContainerFileBase : ContainerFileSystemItem
{
    /// <summary>The content; it or <see cref="SourcePath"/> is given.</summary>
    public string? Contents { get; set; }

    /// <summary>The absolute path of a file of this machine.</summary>
    public string? SourcePath { get; set; }

    /// <summary>Whether the container starts without the file when it cannot be read.</summary>
    public bool? ContinueOnError { get; set; }
}

/// <summary>A file.</summary>
public sealed class ContainerFile : ContainerFileBase;

/// <summary>A folder and what is in it.</summary>
public sealed class ContainerDirectory : ContainerFileSystemItem
{
    /// <summary>What is in it.</summary>
    public IEnumerable<ContainerFileSystemItem> Entries { get; set; } = [];

    /// <summary>The files of a folder of this machine, and with <see cref="SearchOption.AllDirectories"/> those of its folders.</summary>
    public static IEnumerable<ContainerFileSystemItem> GetFileSystemItemsFromPath(
        string path,
        string searchPattern = "*",
        SearchOption searchOptions = SearchOption.TopDirectoryOnly,
        Action<ContainerFileSystemItem>? updateItem = null)
    {
        if (File.Exists(path))
        {
            return [Updated(new ContainerFile { Name = Path.GetFileName(path), SourcePath = Path.GetFullPath(path) })];
        }

        var files = Directory.EnumerateFiles(path, searchPattern).Order(StringComparer.Ordinal)
            .Select(ContainerFileSystemItem (file) => Updated(new ContainerFile { Name = Path.GetFileName(file), SourcePath = Path.GetFullPath(file) }));
        var folders = searchOptions == SearchOption.TopDirectoryOnly ? [] : Directory.EnumerateDirectories(path).Order(StringComparer.Ordinal)
            .Select(folder => new ContainerDirectory
            {
                Name = Path.GetFileName(folder),
                Entries = GetFileSystemItemsFromPath(folder, searchPattern, searchOptions, updateItem),
            })
            .Where(folder => folder.Entries.Any()) // A pattern that nothing in it matches has no need of the folder.
            .Select(ContainerFileSystemItem (folder) => Updated(folder));
        return [.. files, .. folders];

        ContainerFileSystemItem Updated(ContainerFileSystemItem item)
        {
            updateItem?.Invoke(item);
            return item;
        }
    }
}

/// <summary>What a callback for a container's files is given.</summary>
public sealed class ContainerFileSystemCallbackContext
{
    /// <summary>The application's services.</summary>
    public required IServiceProvider ServiceProvider { get; init; }

    /// <summary>The container.</summary>
    public required IResource Model { get; init; }
}

/// <summary>Gives a container files before it starts.</summary>
public sealed class ContainerFileSystemCallbackAnnotation : IResourceAnnotation
{
    /// <summary>The folder within the container; it is made when it does not exist.</summary>
    public required string DestinationPath { get; init; }

    /// <summary>The owner of files that name none; null: root.</summary>
    public int? DefaultOwner { get; init; }

    /// <summary>The group of files that name none; null: root.</summary>
    public int? DefaultGroup { get; init; }

    /// <summary>The permissions that files without a mode do not get; null: 022.</summary>
    public UnixFileMode? Umask { get; init; }

    /// <summary>Makes the list of files.</summary>
    public required Func<ContainerFileSystemCallbackContext, CancellationToken, Task<IEnumerable<ContainerFileSystemItem>>> Callback { get; init; }
}
