using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Docker.Resources;
using Aspire.Hosting.Docker.Resources.ComposeNodes;
using Aspire.Hosting.Docker.Resources.ServiceNodes;
using Aspire.Hosting.Publishing;

namespace Aspire.Hosting.Docker.Publishing;

/// <summary>Files of containers as configs of the compose file: texts within it, files of this machine copied beside it.</summary>
internal sealed class ComposeConfigs(ComposeFile file, PipelineContext context)
{
    private const UnixFileMode UsualUmask = UnixFileMode.GroupExecute | UnixFileMode.GroupWrite | UnixFileMode.OtherExecute | UnixFileMode.OtherWrite;

    // What a file may have without being a program.
    private const UnixFileMode ReadAndWrite =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public async Task AddAsync(IResource resource, Service service)
    {
        foreach (var files in resource.Annotations.OfType<ContainerFileSystemCallbackAnnotation>())
        {
            var arguments = new ContainerFileSystemCallbackContext { ServiceProvider = context.Services, Model = resource };
            foreach (var item in await files.Callback(arguments, context.CancellationToken).ConfigureAwait(false))
            {
                Add(service, item, files.DestinationPath, new Owner(files.DefaultOwner, files.DefaultGroup, files.Umask ?? UsualUmask));
            }
        }
    }

    private void Add(Service service, ContainerFileSystemItem item, string folder, Owner owner)
    {
        owner = owner with { User = item.Owner ?? owner.User, Group = item.Group ?? owner.Group };
        switch (item)
        {
            case ContainerDirectory directory:
                foreach (var entry in directory.Entries)
                {
                    Add(service, entry, $"{folder}/{item.Name}", owner);
                }

                break;

            case ContainerFileBase config:
                var name = $"{service.Name}_{folder.Replace('/', '_')}_{item.Name}";
                file.AddConfig(new Config { Name = name, File = config.SourcePath is { } source ? Copy(source, $"{service.Name}{folder}/{item.Name}") : null, Content = config.Contents });
                service.AddConfig(new ConfigReference
                {
                    Source = name,
                    Target = $"{folder}/{item.Name}",
                    Uid = owner.User?.ToString(CultureInfo.InvariantCulture),
                    Gid = owner.Group?.ToString(CultureInfo.InvariantCulture),
                    Mode = item.Mode != 0 ? item.Mode : ReadAndWrite & ~owner.Umask,
                });
                break;
        }
    }

    // By the path that it has in the container: files of the same name may go to several folders.
    private string Copy(string source, string relative)
    {
        var target = Path.Combine(context.OutputDirectory, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(source, target, overwrite: true);
        return relative;
    }

    private sealed record Owner(int? User, int? Group, UnixFileMode Umask);
}
