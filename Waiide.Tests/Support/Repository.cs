namespace Waiide.Tests.Support;

/// <summary>Where the sources are, and how these tests were built.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Debug or Release: the folder above the target framework's, in which the tests run.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Waiide.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Waiide.sln above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
