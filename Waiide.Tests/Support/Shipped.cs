namespace Waiide.Tests.Support;

/// <summary>Programs as images have them, which most tests start, in the folder that ./test has published to (WAIIDE_TEST_PUBLISHED).</summary>
internal static class Shipped
{
    private static readonly string[] Programs = ["Waiide.Gateway", "Waiide.Hub.Mock"];

    private static readonly string? Folder = Environment.GetEnvironmentVariable("WAIIDE_TEST_PUBLISHED") is not { Length: > 0 } folder ? null
        : Programs.All(name => File.Exists(PathIn(folder, name))) ? folder
        : throw new FileNotFoundException($"WAIIDE_TEST_PUBLISHED is {folder}, where no programs are. Unset it, or set it to what \"deploy/publish {string.Join(' ', Programs)}\" prints.");

    /// <summary>The program of that project; null where tests start what was built, and for projects that are not shipped.</summary>
    internal static string? Program(string name) => Folder is not null && Programs.Contains(name) ? PathIn(Folder, name) : null;

    private static string PathIn(string folder, string name) => Path.Combine(folder, name, name);
}
