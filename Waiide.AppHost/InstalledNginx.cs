namespace Waiide.AppHost;

/// <summary>The nginx of this machine, found as deploy/nginx/front.sh finds it.</summary>
internal static class InstalledNginx
{
    // Where packages put it is not in everybody's PATH.
    private static readonly string[] SystemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

    public static bool IsThere =>
        !OperatingSystem.IsWindows() && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Concat(SystemFolders).Any(folder => File.Exists(Path.Combine(folder, "nginx")));
}
