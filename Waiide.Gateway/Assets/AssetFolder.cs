using System.IO.Compression;

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

    // Without a link in it, once it is open.
    private string _folder = options.AssetCache ?? "";

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
            _folder = RealPath.Of(_folder) ?? _folder;
            if (!FileIdentity.Of(_folder).IsOurs)
            {
                Log.CannotBeUsed(logger, _folder, "Others own it, or can write to it. Let it belong to root or to the user of the gateway, and nobody else write.");
                return;
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.CannotBeUsed(logger, _folder, failure.Message);
            return;
        }

        IsUsable = true;
        try
        {
            TryLock()?.Dispose();
            IsWritable = true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.IsReadOnly(logger, _folder);
        }
    }

    /// <summary>Waits until no other gateway is about to write. The system lets go of the lock however this process ends.</summary>
    public async Task<IDisposable> AloneAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryLock() is { } held)
            {
                return held;
            }

            await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
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

    /// <summary>False where a version has as many files as one may have: what was compressed then would be made again at each start.</summary>
    public bool HasRoom(string version) => Names(version).Count < MostNames;

    /// <summary>The file of what has this hash, and which one it is; null where there is none, one that is something else, or somebody else's.</summary>
    public async Task<(string Path, FileIdentity Identity)?> FindAsync(string hash, CancellationToken cancellationToken)
    {
        var path = PathOf(hash);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            await using var file = File.OpenRead(path);
            var identity = FileIdentity.Of(file.SafeFileHandle);
            await using var content = new BrotliStream(file, CompressionMode.Decompress);
            if (identity.IsOurs && (await ContentHash.OfAsync(content, cancellationToken)).Hash == hash && FileIdentity.Of(file.SafeFileHandle) == identity)
            {
                return (path, identity);
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
    public string Draft() => Path.Combine(_folder, Guid.NewGuid().ToString("N") + ".part");

    /// <summary>A draft is what its hash says: from now on it has its name.</summary>
    public void Keep(string draft, string hash) => File.Move(draft, PathOf(hash), overwrite: true);

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

    /// <summary>Takes away versions that nobody has started for a month, what no version names, drafts of gateways that were killed, and what is too much. Who has it open reads it to its end.</summary>
    public void Prune()
    {
        var files = new DirectoryInfo(_folder).GetFiles();
        var longAgo = DateTime.UtcNow - Unused;
        foreach (var old in files.Where(file => file.Extension == ".part" || (file.Extension == ".list" && file.LastWriteTimeUtc < longAgo)))
        {
            old.Delete();
        }

        var named = Directory.EnumerateFiles(_folder, "*.list").SelectMany(File.ReadLines).Select(line => line.Split('\t')[^1]).ToHashSet();
        var room = MostBytes;
        foreach (var file in files.Where(file => file.Extension == ".br").OrderByDescending(file => file.LastWriteTimeUtc))
        {
            if (!named.Contains(Path.GetFileNameWithoutExtension(file.Name)) || (room -= file.Length) < 0)
            {
                file.Delete();
            }
        }
    }

    private FileStream? TryLock()
    {
        try
        {
            return new FileStream(Path.Combine(_folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException failure) when (failure.HResult == DataDirectory.WouldBlock)
        {
            return null;
        }
    }

    private string PathOf(string hash) => Path.Combine(_folder, hash + ".br");

    private string ListOf(string version) => Path.Combine(_folder, version + ".list");

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Compressed files of VS Code cannot be kept in {Folder} (WAIIDE_ASSET_CACHE): {Reason}")]
        public static partial void CannotBeUsed(ILogger logger, string folder, string reason);

        [LoggerMessage(Level = LogLevel.Debug, Message = "{Folder} (WAIIDE_ASSET_CACHE) is read, and not written to.")]
        public static partial void IsReadOnly(ILogger logger, string folder);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Path} is not what its name says, or others can write to it; it is not used.")]
        public static partial void IsBroken(ILogger logger, string path);
    }
}
