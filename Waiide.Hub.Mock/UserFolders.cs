namespace Waiide.Hub.Mock;

/// <summary>Where programs of the hub's user keep what is theirs. https://specifications.freedesktop.org/basedir: relative paths in its variables are to be ignored.</summary>
internal static class UserFolders
{
    public static string Data => Of("XDG_DATA_HOME", Path.Combine(".local", "share"));

    public static string Cache => Of("XDG_CACHE_HOME", ".cache");

    private static string Of(string variable, string inHome) => Environment.GetEnvironmentVariable(variable) is { } set && Path.IsPathRooted(set)
        ? set
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), inHome);
}
