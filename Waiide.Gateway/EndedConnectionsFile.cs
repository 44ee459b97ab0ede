using System.Text.Json;
using System.Text.Json.Serialization;

namespace Waiide.Gateway;

/// <summary>How connections ended, on disk: a server that was stopped can say why when it is back.</summary>
internal sealed partial class EndedConnectionsFile(DataDirectory directory, ILogger<EndedConnectionsFile> logger)
{
    // Some 50 of 400 bytes each; whatever is much larger is not ours.
    private const long Longest = 256 * 1024;

    // By the compiler: by reflection, the first time takes as long as the rest of a stop. Reasons are words, of whose numbers nobody knows anything.
    private static readonly FileJson Json = new(new() { Converters = { new JsonStringEnumConverter<EndReason>(allowIntegerValues: false) }, RespectNullableAnnotations = true });

    private readonly string _file = Path.Combine(directory.Path, "ended-connections.json");

    /// <summary>Nothing where there is nothing, or nothing that can be read: it is news, and no more.</summary>
    internal IReadOnlyList<EndedConnection> Read()
    {
        try
        {
            return !File.Exists(_file) ? []
                : new FileInfo(_file).Length > Longest ? throw new JsonException($"It is larger than {Longest} bytes.")
                : JsonSerializer.Deserialize(File.ReadAllText(_file), Json.EndedConnectionArray) is { } ended && !ended.Contains(null) ? ended
                : throw new JsonException("It is no list of connections.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            Log.NotRead(logger, _file, failure.Message);
            return [];
        }
    }

    internal void Write(IEnumerable<EndedConnection> ended)
    {
        try
        {
            // Written beside and moved, so that a crash leaves the old list or the new one.
            var next = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
            using (var stream = new FileStream(_file + ".new", next))
            {
                JsonSerializer.Serialize(stream, ended, Json.IEnumerableEndedConnection);
            }

            File.Move(_file + ".new", _file, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Log.NotKept(logger, _file, failure.Message);
        }
    }

    [JsonSerializable(typeof(EndedConnection[]))]
    [JsonSerializable(typeof(IEnumerable<EndedConnection>))]
    private sealed partial class FileJson : JsonSerializerContext;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "How connections ended before this start is not known: {File} cannot be read. {Reason}")]
        public static partial void NotRead(ILogger logger, string file, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "How connections ended will not be known after the next start: {File} cannot be written. {Reason}")]
        public static partial void NotKept(ILogger logger, string file, string reason);
    }
}
