using System.Collections.Concurrent;
using System.Globalization;

namespace Waiide.Gateway.Auth;

/// <summary>The sessions that were signed out before their time, by the ids that are encrypted in them (a cookie's text can be written in more than one way): kept in the data directory as the keys are, so that none of them comes back with the next start.</summary>
internal sealed partial class SignedOut
{
    private readonly ConcurrentDictionary<string, long> _until;
    private readonly Lock _writing = new();
    private readonly string _file;
    private readonly TimeProvider _clock;
    private readonly ILogger<SignedOut> _logger;

    public SignedOut(DataDirectory directory, TimeProvider clock, ILogger<SignedOut> logger)
    {
        (_file, _clock, _logger) = (Path.Combine(directory.Path, "signed-out"), clock, logger);
        _until = new(File.Exists(_file) ? File.ReadLines(_file).Select(Parse).OfType<KeyValuePair<string, long>>() : []);
    }

    internal bool Contains(string id) => _until.ContainsKey(id);

    internal void Add(string id, DateTimeOffset expires)
    {
        _until[id] = expires.ToUnixTimeSeconds();
        lock (_writing)
        {
            var now = _clock.GetUtcNow().ToUnixTimeSeconds();
            foreach (var old in _until.Where(old => old.Value < now))
            {
                _until.TryRemove(old);
            }

            try
            {
                // Written beside and moved, so that a crash leaves the old list or the new one.
                var next = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
                using (var writer = new StreamWriter(_file + ".new", next))
                {
                    foreach (var (ended, until) in _until)
                    {
                        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{ended} {until}\n"));
                    }
                }

                File.Move(_file + ".new", _file, overwrite: true);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                Log.NotKept(_logger, _file, failure.Message);
            }
        }
    }

    private static KeyValuePair<string, long>? Parse(string line) =>
        line.Split(' ') is [var id, var until] && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? KeyValuePair.Create(id, seconds) : null;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A session was signed out, but only until the gateway starts again: {File} cannot be written. {Reason}")]
        public static partial void NotKept(ILogger logger, string file, string reason);
    }
}
