namespace Aspire.Dashboard.Telemetry;

/// <summary>The newest log records. Writers take turns; readers take nothing: a record that is overwritten while they look is passed over.</summary>
internal sealed class LogStore
{
    private readonly LogEntry?[] _slots = new LogEntry?[Limits.Logs];
    private readonly Lock _writing = new();
    private long _oldest = 1;
    private long _next = 1;
    private long _bytes;

    public Pulse Changes { get; } = new();

    /// <summary>While true, what comes is not kept.</summary>
    public bool IsPaused { get; set; }

    /// <summary>How many have come since the start.</summary>
    public long Received => Volatile.Read(ref _next) - 1;

    public void Add(List<LogEntry> entries)
    {
        if (IsPaused || entries.Count == 0)
        {
            return;
        }

        lock (_writing)
        {
            foreach (var entry in entries)
            {
                entry.Number = _next;
                if (_next - _oldest >= Limits.Logs)
                {
                    DropOldest();
                }

                Volatile.Write(ref Slot(_next), entry);
                Volatile.Write(ref _next, _next + 1);
                _bytes += entry.Bytes;
                while (_bytes > Limits.Bytes)
                {
                    DropOldest();
                }
            }
        }

        Changes.Beat();
    }

    public IEnumerable<LogEntry> NewestFirst()
    {
        for (var number = Volatile.Read(ref _next) - 1; number >= Volatile.Read(ref _oldest); number--)
        {
            if (Find(number) is { } entry)
            {
                yield return entry;
            }
        }
    }

    public LogEntry? Find(long number) => number > 0 && Volatile.Read(ref Slot(number)) is { } entry && entry.Number == number ? entry : null;

    /// <summary>Forgets everything, or what <paramref name="isMeant"/> says.</summary>
    public void Clear(Func<LogEntry, bool> isMeant)
    {
        lock (_writing)
        {
            for (var number = _oldest; number < _next; number++)
            {
                if (Find(number) is { } entry && isMeant(entry))
                {
                    Empty(entry);
                }
            }
        }

        Changes.Beat();
    }

    private void DropOldest()
    {
        if (Find(_oldest) is { } entry)
        {
            Empty(entry);
        }

        Volatile.Write(ref _oldest, _oldest + 1);
    }

    private void Empty(LogEntry entry)
    {
        _bytes -= entry.Bytes;
        Volatile.Write(ref Slot(entry.Number), null);
    }

    private ref LogEntry? Slot(long number) => ref _slots[number % Limits.Logs];
}
