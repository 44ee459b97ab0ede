namespace Waiide.Gateway;

/// <summary>The mark on a folder that a link has brought here: VS Code opens it in Restricted Mode, until the person trusts it.</summary>
internal static class FromLink
{
    // In .git, where nothing that a repository contains can be; moved and removed with the folder.
    private static readonly string MarkFile = Path.Combine(".git", "opened-by-a-link");

    internal static void Mark(string folder) => File.WriteAllText(Path.Combine(folder, MarkFile), "");

    /// <summary>Whether <paramref name="folder"/> is the person's own: in the workspace, wherever links lead, and in nothing that has the mark.</summary>
    internal static bool IsOwn(string folder, string workspace)
    {
        if (!folder.StartsWith('/') || RealPath.Within(workspace, folder) is null)
        {
            return false;
        }

        for (var at = RealPath.Of(folder); at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, MarkFile)))
            {
                return false;
            }
        }

        return true;
    }
}
