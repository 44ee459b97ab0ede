using System.IO.Compression;
using System.Security.Cryptography;

namespace Waiide.Gateway.Assets;

/// <summary>
/// Compressed files on disk, each named after the SHA-256 of what is in it, so that gateways can share them whatever IDE they have: "9f86….br". Beside them "stable-53c2….list" says what
/// browsers have asked a version for. A folder that cannot be written to is read.
/// </summary>
internal sealed partial class AssetFolder(GatewayOptions options, ILogger<AssetFolder> logger)
{
    private const long MostBytes = 64 << 20;
    private const int MostNames = 200;
    private const UnixFileMode OnlyMe = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private static readonly TimeSpan Unused = TimeSpan.FromDays(30);

    private readonly string _folder = options.AssetCache ?? "";

    /// <summary>False where nothing is to be kept, or where others could put something else into the place of what is kept.</summary>
    public bool IsUsable { get; private set; }

    public bool IsWritable { get; private set; }

    public void Open()
    {
        if (options.AssetCache is null)
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(_folder, OnlyMe);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.CannotBeUsed(logger, _folder, failure.Message);
            return;
        }

        if ((File.GetUnixFileMode(_folder) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
        {
            Log.CannotBeUsed(logger, _folder, "Others can write to it.");
            return;
        }

        IsUsable = true;
        try
        {
            File.Delete(Part("probe"));
            using var probe = new FileStream(Part("probe"), new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
            IsWritable = true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.IsReadOnly(logger, _folder);
        }
    }

    /// <summary>What browsers have asked this version for.</summary>
    public IReadOnlyList<string> Names(string version)
    {
        var list = ListOf(version);
        if (!File.Exists(list))
        {
            return [];
        }

        if (IsWritable)
        {
            File.SetLastWriteTimeUtc(list, DateTime.UtcNow);
        }

        return [.. File.ReadLines(list).Take(MostNames).Select(line => line.Split('\t')[0])];
    }

    /// <summary>The file of what has this hash; null where there is none, or one that is something else.</summary>
    public async Task<string?> FindAsync(string hash, CancellationToken cancellationToken)
    {
        var path = PathOf(hash);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            await using var content = new BrotliStream(File.OpenRead(path), CompressionMode.Decompress);
            if (Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken)) == hash)
            {
                return path;
            }
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or InvalidOperationException)
        {
            // As below: it is broken.
        }

        Log.IsBroken(logger, path);
        if (IsWritable)
        {
            File.Delete(path);
        }

        return null;
    }

    /// <summary>Where something is written before it gets its name.</summary>
    public string Draft() => Part(Guid.NewGuid().ToString("N"));

    /// <summary>A draft is what its hash says: from now on it has its name.</summary>
    public string Keep(string draft, string hash)
    {
        File.Move(draft, PathOf(hash), overwrite: true);
        return PathOf(hash);
    }

    /// <summary>A browser has asked for a file of this version, which has this hash.</summary>
    public void Remember(string version, string name, string hash)
    {
        var list = ListOf(version);
        var lines = File.Exists(list) ? File.ReadAllLines(list) : [];
        var line = $"{name}\t{hash}";
        if (lines.Length >= MostNames || lines.Contains(line))
        {
            return;
        }

        var draft = Draft();
        File.WriteAllLines(draft, lines.Where(other => !other.StartsWith(name + "\t", StringComparison.Ordinal)).Append(line));
        File.Move(draft, list, overwrite: true);
    }

    /// <summary>Takes away what no version in use names, and drafts of gateways that were killed.</summary>
    public void Prune()
    {
        var now = DateTime.UtcNow;
        foreach (var old in new DirectoryInfo(_folder).EnumerateFiles().Where(file => (file.Extension == ".list" && now - file.LastWriteTimeUtc > Unused) || (file.Extension == ".part" && now - file.LastWriteTimeUtc > TimeSpan.FromDays(1))).ToArray())
        {
            old.Delete();
        }

        var named = Directory.EnumerateFiles(_folder, "*.list").SelectMany(File.ReadLines).Select(line => line.Split('\t')[^1]).ToHashSet();
        var room = MostBytes;
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles("*.br").OrderByDescending(file => file.LastWriteTimeUtc).ToArray())
        {
            room -= file.Length;
            if (room < 0 || !named.Contains(Path.GetFileNameWithoutExtension(file.Name)))
            {
                file.Delete();
            }
        }
    }

    private string PathOf(string hash) => Path.Combine(_folder, hash + ".br");

    private string ListOf(string version) => Path.Combine(_folder, version + ".list");

    private string Part(string name) => Path.Combine(_folder, name + ".part");

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Compressed files of VS Code cannot be kept in {Folder} (WAIIDE_ASSET_CACHE): {Reason}")]
        public static partial void CannotBeUsed(ILogger logger, string folder, string reason);

        [LoggerMessage(Level = LogLevel.Debug, Message = "{Folder} (WAIIDE_ASSET_CACHE) is read, and not written to.")]
        public static partial void IsReadOnly(ILogger logger, string folder);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} is not what its name says; it is not used.")]
        public static partial void IsBroken(ILogger logger, string path);
    }
}
