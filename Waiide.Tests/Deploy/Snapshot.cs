using Waiide.Tests.Support;

namespace Waiide.Tests.Deploy;

/// <summary>Files of Deploy/Snapshots: what Waiide publishes, for people to read in a review.</summary>
internal static class Snapshot
{
    private static string Folder => Path.Combine(Repository.Root, "Waiide.Tests", "Deploy", "Snapshots");

    public static string Text(string name) => File.ReadAllText(Path.Combine(Folder, name));

    /// <summary>Compares; with WAIIDE_ACCEPT_SNAPSHOTS=1 what is published now becomes the snapshot.</summary>
    public static void Holds(string name, string published)
    {
        var file = Path.Combine(Folder, name);
        if (Environment.GetEnvironmentVariable("WAIIDE_ACCEPT_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, published);
        }

        var held = File.Exists(file) ? File.ReadAllText(file) : "";
        Assert.True(
            held == published,
            $"""
            What is published has changed. If that is meant, run this, look at what git diff shows, and commit it:
              WAIIDE_ACCEPT_SNAPSHOTS=1 dotnet test Waiide.Tests --filter PublishedTests
            Expected {file}:
            {held}
            Published:
            {published}
            """);
    }
}
