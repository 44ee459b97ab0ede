using System.Security.Cryptography;
using System.Text;

namespace Waiide.Gateway;

/// <summary>The directory of this instance on disk: private to its user, held by one running gateway, and the keeper of the generated token.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const string LockFile = "gateway.lock";
    private const UnixFileMode OnlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OfOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // EAGAIN, which is EWOULDBLOCK: what flock(2) says of a file that somebody else has locked. .NET hands it on as it is.
    internal const int WouldBlock = 11;

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream heldLock)
    {
        Path = path;
        _lock = heldLock;
    }

    public string Path { get; }

    /// <summary>Eight hexadecimal digits that tell this instance from others of the same host: cookies ignore ports.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path)))[..8];

    /// <summary>Creates the directory if needed and takes it for this process; throws <see cref="CannotStartException"/> where it cannot be had.</summary>
    internal static DataDirectory Open(string path)
    {
        try
        {
            Directory.CreateDirectory(path, OnlyOwner | UnixFileMode.UserExecute);
            if ((File.GetUnixFileMode(path) & OfOthers) != 0)
            {
                // One of ours, or empty as a fresh mount is. Anything else may be somebody's home: its mode is not ours to change.
                if (!File.Exists(System.IO.Path.Combine(path, LockFile)) && Directory.EnumerateFileSystemEntries(path).Any())
                {
                    throw new CannotStartException($"The data directory {path} holds other files, and other users can open it. Set WAIIDE_DATA_DIR to a directory of its own, such as {System.IO.Path.Combine(path, "waiide")}.");
                }

                File.SetUnixFileMode(path, OnlyOwner | UnixFileMode.UserExecute);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CannotStartException($"The data directory {path} cannot be used: {failure.Message} Set WAIIDE_DATA_DIR to a directory that you own.");
        }

        try
        {
            // FileShare.None is an advisory flock(2): the system lets go of it however this process ends.
            return new DataDirectory(path, new FileStream(System.IO.Path.Combine(path, LockFile), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                UnixCreateMode = OnlyOwner,
            }));
        }
        catch (IOException failure) when (failure.HResult == WouldBlock)
        {
            throw new CannotStartException($"Another gateway runs with the data directory {path}. Set WAIIDE_DATA_DIR to another one for this gateway, or stop the other.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(path, failure);
        }
    }

    /// <summary>The token that was generated here once; made at the first call ever.</summary>
    internal string GeneratedToken()
    {
        var file = System.IO.Path.Combine(Path, "token");
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } kept)
        {
            return kept;
        }

        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        try
        {
            using var stream = new FileStream(file, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = OnlyOwner });
            stream.Write(Encoding.ASCII.GetBytes(token + "\n"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(Path, failure);
        }

        return token;
    }

    // A full disk says so in the message.
    private static CannotStartException CannotWrite(string path, Exception failure) =>
        new($"Nothing can be written to the data directory {path}: {failure.Message} Make room or correct its rights, or set WAIIDE_DATA_DIR to another directory.");

    public void Dispose() => _lock.Dispose();
}
