namespace Waiide.AppHost;

/// <summary>Has a container run as whoever runs this program, so that files in shared folders are theirs.</summary>
internal static class ContainerUser
{
    private const string Status = "/proc/self/status";

    /// <summary>The options for the engine; none where it runs containers in a virtual machine, which maps users by itself.</summary>
    public static string[] RuntimeArguments(ContainerEngine? engine)
    {
        if (!File.Exists(Status))
        {
            return [];
        }

        var (user, group) = (Id("Uid:"), Id("Gid:"));

        // To podman without root, this user is root in a container, unless told otherwise.
        return engine?.Name == "podman" && user != "0"
            ? ["--userns", "keep-id", "--user", $"{user}:{group}"]
            : ["--user", $"{user}:{group}"];
    }

    // Uid:    1000    1000    1000    1000, of which the second one counts
    private static string Id(string name) => File.ReadLines(Status).First(line => line.StartsWith(name, StringComparison.Ordinal)).Split('\t')[2];
}
