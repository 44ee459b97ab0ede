using Waiide.Tests.Support;

namespace Waiide.Tests.Build;

/// <summary>The solution's own files.</summary>
internal static class Sources
{
    /// <summary>Files of these kinds below a folder of the repository (none if it is gone), by their path in it, without what builds leave there.</summary>
    public static IEnumerable<string> Below(string folder, params string[] extensions)
    {
        var full = Path.GetFullPath(folder, Repository.Root);
        return (Directory.Exists(full) ? Directory.EnumerateFiles(full, "*", SearchOption.AllDirectories) : [])
            .Where(file => extensions.Contains(Path.GetExtension(file)))
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj" or "node_modules"));
    }

    public static string Text(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));
}
