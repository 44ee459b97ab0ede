using System.Formats.Tar;
using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dcp.Containers;

/// <summary>Files that are copied into a container, as a tar archive with paths from its root.</summary>
internal static class ContainerArchive
{
    private const UnixFileMode DefaultUmask = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const UnixFileMode EveryoneReadsAndWrites =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const UnixFileMode EveryoneEnters = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The archive, or null where the resource has no files. The same files make the same archive.</summary>
    public static async Task<byte[]?> CreateAsync(
        IResource resource, ContainerFileSystemCallbackAnnotation? certificate, IServiceProvider services, Action<string> onSkipped, CancellationToken cancellationToken)
    {
        ContainerFileSystemCallbackAnnotation[] annotations = [.. resource.Annotations.OfType<ContainerFileSystemCallbackAnnotation>(), .. certificate is null ? [] : (ContainerFileSystemCallbackAnnotation[])[certificate]];
        if (annotations.Length == 0)
        {
            return null;
        }

        using var archive = new MemoryStream();
        var writer = new TarWriter(archive, leaveOpen: true);
        await using (writer.ConfigureAwait(false))
        {
            foreach (var files in annotations)
            {
                var items = await files.Callback(new ContainerFileSystemCallbackContext { ServiceProvider = services, Model = resource }, cancellationToken).ConfigureAwait(false);
                foreach (var item in items)
                {
                    Add(writer, files.DestinationPath.Trim('/'), item, files, onSkipped);
                }
            }
        }

        return archive.ToArray();
    }

    private static void Add(TarWriter writer, string folder, ContainerFileSystemItem item, ContainerFileSystemCallbackAnnotation defaults, Action<string> onSkipped)
    {
        if (item.Name.Length == 0)
        {
            throw new DistributedApplicationException($"A file for '/{folder}' has no name.");
        }

        var path = folder.Length == 0 ? item.Name : $"{folder}/{item.Name}";
        if (item is ContainerDirectory directory)
        {
            writer.WriteEntry(Entry(TarEntryType.Directory, path, item, defaults, EveryoneReadsAndWrites | EveryoneEnters));
            foreach (var inside in directory.Entries)
            {
                Add(writer, path, inside, defaults, onSkipped);
            }

            return;
        }

        var file = (ContainerFileBase)item;
        try
        {
            using var content = Open(file, path);
            var entry = Entry(TarEntryType.RegularFile, path, item, defaults, EveryoneReadsAndWrites);
            entry.DataStream = content;
            writer.WriteEntry(entry);
        }
        catch (Exception exception) when (file.ContinueOnError == true && exception is IOException or UnauthorizedAccessException)
        {
            onSkipped($"/{path} is left out: {exception.Message}");
        }
    }

    private static Stream Open(ContainerFileBase file, string path) => file switch
    {
        { Contents: not null, SourcePath: not null } => throw new DistributedApplicationException($"The file '/{path}' has both Contents and SourcePath; give it one of them."),
        { SourcePath: { } source } => File.OpenRead(source),
        _ => new MemoryStream(Encoding.UTF8.GetBytes(file.Contents ?? "")),
    };

    private static PaxTarEntry Entry(TarEntryType type, string path, ContainerFileSystemItem item, ContainerFileSystemCallbackAnnotation defaults, UnixFileMode everything) => new(type, path)
    {
        Mode = item.Mode != 0 ? item.Mode : everything & ~(defaults.Umask ?? DefaultUmask),
        Uid = item.Owner ?? defaults.DefaultOwner ?? 0,
        Gid = item.Group ?? defaults.DefaultGroup ?? 0,
        ModificationTime = DateTimeOffset.UnixEpoch, // So that the archive says nothing but what the files are.
    };
}
