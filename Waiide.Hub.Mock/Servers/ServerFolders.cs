using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Servers;

/// <summary>Where a server has its files: a home for its user, and beneath Hub:Spawner:Folder a folder of its own for what it keeps and prints.</summary>
internal static partial class ServerFolders
{
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The working directory and home. Our own gateway opens it as workspace, so that users do not share files by accident; for another program it is the hub's home.</summary>
    public static string Home(Server server, SpawnerOptions options) =>
        options.Home?.Replace("{username}", NameOf(server.User.Name), StringComparison.Ordinal).Replace("{servername}", NameOf(server.Name), StringComparison.Ordinal)
        ?? (options.Cmd.Count == 0 ? Path.Combine(options.Folder, NameOf(server.User.Name), "home") : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <summary>
    /// Holds the folder of all servers for this hub alone, until it is disposed or the process ends: two hubs would start the same user's server twice on the same files.
    /// Throws <see cref="SpawnException"/>.
    /// </summary>
    public static IDisposable Hold(SpawnerOptions options)
    {
        Make(options.Folder);
        try
        {
            return new FileStream(Path.Combine(options.Folder, ".lock"), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (IOException failure) when (failure is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new SpawnException($"Hub:Spawner:Folder: {options.Folder} is in use by another hub; stop that one, or set another folder", failure);
        }
    }

    /// <summary>What the server keeps between two runs.</summary>
    public static string Data(Server server, SpawnerOptions options) => Path.Combine(Own(server, options), "data");

    /// <summary>What the server's last run printed.</summary>
    public static string Output(Server server, SpawnerOptions options) => Path.Combine(Own(server, options), "server.log");

    /// <summary>What it printed before, where that was more than <see cref="ServerLogs.Limit"/>.</summary>
    public static string Earlier(string output) => output + ".1";

    /// <summary>Makes a folder, and those above it, that only this user of the system can enter; what is there stays as it is.</summary>
    public static void Make(string folder)
    {
        // The mode is for the last folder only.
        if (Path.GetDirectoryName(folder) is { } above && !Directory.Exists(above))
        {
            Make(above);
        }

        Directory.CreateDirectory(folder, OnlyOwner);
    }

    /// <summary>
    /// A name as a folder: itself where it is plain, else what is plain of it and a hash. The tilde keeps the two apart: nobody can choose a name that is somebody else's folder.
    /// </summary>
    internal static string NameOf(string name) => name switch
    {
        "" => "default~",
        _ when Plain().IsMatch(name) => name,
        _ => $"{NotPlain().Replace(name, "-")[..Math.Min(name.Length, 20)]}~{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..8]}",
    };

    private static string Own(Server server, SpawnerOptions options) => Path.Combine(options.Folder, NameOf(server.User.Name), "servers", NameOf(server.Name));

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,31}$")]
    private static partial Regex Plain();

    [GeneratedRegex("[^A-Za-z0-9_-]")]
    private static partial Regex NotPlain();
}
