using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A line of a resource's log.</summary>
public readonly record struct LogLine(int LineNumber, string Content, bool IsErrorMessage);

/// <summary>Keeps the log of each resource: what its process prints and what is said about it.</summary>
public class ResourceLoggerService
{
    private const int LinesKept = 10_000;

    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A logger that writes into a resource's log.</summary>
    public ILogger GetLogger(IResource resource) => GetLogger(resource.InstanceId());

    /// <summary>A logger that writes into the log of the resource with this id.</summary>
    public ILogger GetLogger(string resourceName) => Of(resourceName);

    /// <summary>The lines of a resource so far, then each new one, until the application ends.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => WatchAsync(resource.InstanceId());

    /// <summary>The lines of the resource with this id so far, then each new one, until the application ends.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Of(resourceName).WatchAsync();

    /// <summary>The lines of a resource so far.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => GetAllAsync(resource.InstanceId());

    /// <summary>The lines of the resource with this id so far.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        yield return Of(resourceName).Lines;
    }

    /// <summary>Ends a resource's log: whoever watches it gets to the end.</summary>
    public void Complete(IResource resource) => Of(resource.InstanceId()).Complete();

    /// <summary>Adds a line that a process printed.</summary>
    internal void Append(IResource resource, string line, bool isError) => Of(resource.InstanceId()).Append(line, isError);

    /// <summary>The lines of the resource with this id so far.</summary>
    internal IReadOnlyList<LogLine> LinesOf(string resourceId) => Of(resourceId).Lines;

    /// <summary>The end of a resource's log.</summary>
    internal IReadOnlyList<LogLine> LastLines(IResource resource, int count) => [.. Of(resource.InstanceId()).Lines.TakeLast(count)];

    private ResourceLog Of(string id) => _logs.GetOrAdd(id, _ => new ResourceLog());

    /// <summary>The last lines of one resource, and those who watch for more.</summary>
    private sealed class ResourceLog : ILogger
    {
        private readonly Lock _sync = new();
        private readonly Queue<LogLine> _lines = new();
        private readonly List<Channel<LogLine>> _watchers = [];
        private int _count;
        private bool _complete;

        public IReadOnlyList<LogLine> Lines
        {
            get
            {
                lock (_sync)
                {
                    return [.. _lines];
                }
            }
        }

        public void Append(string text, bool isError)
        {
            var content = $"{DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture)} {text}";
            lock (_sync)
            {
                var line = new LogLine(++_count, content, isError);
                _lines.Enqueue(line);
                if (_lines.Count > LinesKept)
                {
                    _lines.Dequeue();
                }

                foreach (var watcher in _watchers)
                {
                    watcher.Writer.TryWrite(line);
                }
            }
        }

        public void Complete()
        {
            lock (_sync)
            {
                _complete = true;
                _watchers.ForEach(watcher => watcher.Writer.TryComplete());
            }
        }

        public async IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var watcher = Channel.CreateUnbounded<LogLine>(new UnboundedChannelOptions { SingleReader = true });
            lock (_sync)
            {
                foreach (var line in _lines)
                {
                    watcher.Writer.TryWrite(line);
                }

                if (_complete)
                {
                    watcher.Writer.TryComplete();
                }

                _watchers.Add(watcher);
            }

            try
            {
                while (await watcher.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var batch = new List<LogLine>();
                    while (watcher.Reader.TryRead(out var line))
                    {
                        batch.Add(line);
                    }

                    yield return batch;
                }
            }
            finally
            {
                lock (_sync)
                {
                    _watchers.Remove(watcher);
                }
            }
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
