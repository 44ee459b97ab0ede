using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A line of a resource's log.</summary>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>Keeps the log of each resource: what its process prints and what is said about it.</summary>
public class ResourceLoggerService
{
    private const int LinesKept = 10_000;
    private const int LinesAtOnce = 500;

    // A line may have 64 K characters, so that the number alone bounds nothing.
    private const long BytesKept = 16 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A logger that writes into a resource's log.</summary>
    public ILogger GetLogger(IResource resource) => GetLogger(resource.InstanceId());

    /// <summary>A logger that writes into the log of the resource with this id.</summary>
    public ILogger GetLogger(string resourceName) => Of(resourceName);

    /// <summary>The lines of a resource so far, then each new one, until the application ends.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resource.InstanceId());

    /// <summary>The lines of the resource with this id so far, then each new one, until the application ends.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Of(resourceName).WatchAsync(after: 0);

    /// <summary>The lines of a resource so far.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => GetAllAsync(resource.InstanceId());

    /// <summary>The lines of the resource with this id so far.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return Of(resourceName).Lines;
    }

    /// <summary>Adds a line that a process printed.</summary>
    internal void Append(IResource resource, string line, bool isError) => Of(resource.InstanceId()).Append(line, isError);

    /// <summary>The lines of the resource with this id from the one after number <paramref name="after"/>.</summary>
    internal IReadOnlyList<LogLine> LinesOf(string resourceId, int after) => Of(resourceId).After(after, LinesKept).Lines;

    /// <summary>The same, and then each new one.</summary>
    internal IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceId, int after) => Of(resourceId).WatchAsync(after);

    /// <summary>The end of a resource's log.</summary>
    internal IReadOnlyList<LogLine> LastLines(IResource resource, int count) => [.. Of(resource.InstanceId()).Lines.TakeLast(count)];

    private ResourceLog Of(string id) => _logs.GetOrAdd(id, _ => new ResourceLog());

    /// <summary>The last lines of one resource, and those who watch for more.</summary>
    private sealed class ResourceLog : ILogger
    {
        private readonly Lock _sync = new();
        private readonly List<LogLine> _ring = []; // Line n is at (n - 1) modulo its size.
        private TaskCompletionSource? _grown;
        private int _count;
        private int _dropped;
        private long _bytes;

        public IReadOnlyList<LogLine> Lines => After(0, LinesKept).Lines;

        public void Append(string text, bool isError)
        {
            var content = $"{DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture)} {text}";
            lock (_sync)
            {
                var line = new LogLine(_count + 1, content, isError);
                _bytes += BytesOf(line);
                while (_count > _dropped && (_count - _dropped == LinesKept || _bytes > BytesKept))
                {
                    _bytes -= BytesOf(_ring[_dropped % LinesKept]);
                    _ring[_dropped++ % LinesKept] = default;
                }

                if (_ring.Count < LinesKept)
                {
                    _ring.Add(line);
                }
                else
                {
                    _ring[_count % LinesKept] = line;
                }

                _count++;

                Wake();
            }
        }

        /// <summary>Some lines from the one after number <paramref name="after"/>, and what ends when there may be more.</summary>
        public (IReadOnlyList<LogLine> Lines, Task Grown) After(int after, int atMost)
        {
            lock (_sync)
            {
                if (after < _count)
                {
                    var first = Math.Max(after, _dropped);
                    return ([.. Enumerable.Range(first, Math.Min(atMost, _count - first)).Select(index => _ring[index % LinesKept])], Task.CompletedTask);
                }

                return ([], (_grown ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task);
            }
        }

        // Whoever watches asks for more when it is ready for more: the lines wait here, once, and not in a queue for each.
        public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(int after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            while (true)
            {
                var next = After(after, LinesAtOnce);
                if (next.Lines.Count > 0)
                {
                    after = next.Lines[^1].LineNumber;
                    yield return next.Lines;
                }

                await next.Grown.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        // Strings have two bytes a character; the rest is the line itself.
        private static long BytesOf(LogLine line) => 48 + (2L * line.Content.Length);

        private void Wake()
        {
            _grown?.TrySetResult();
            _grown = null;
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            var text = formatter(state, exception);
            Append(exception is null ? text : $"{text}{Environment.NewLine}{exception}", logLevel >= LogLevel.Error);
        }
    }
}
