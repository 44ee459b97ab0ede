using System.Collections.Concurrent;

namespace Aspire.Dashboard.Telemetry.Metrics;

/// <summary>The points of an instrument that have the same dimensions. One writer at a time, any readers.</summary>
internal sealed class Series(string key, Attribute[] dimensions)
{
    private readonly ConcurrentQueue<MetricPoint> _points = new();
    private MetricPoint? _last;

    public string Key { get; } = key;

    public Attribute[] Dimensions { get; } = dimensions;

    public IEnumerable<MetricPoint> Points => _points;

    /// <summary>The newest point that is kept.</summary>
    public MetricPoint? Last => Volatile.Read(ref _last);

    public bool HasOne => _points.Count == 1;

    /// <summary>About what it takes in memory without its points.</summary>
    public long FixedBytes { get; } = 400 + (key.Length * 2) + dimensions.Bytes();

    /// <summary>About what its points take in memory.</summary>
    public long PointBytes { get; private set; }

    /// <summary>Takes a point in; false if it only says that nothing has changed, which takes no place.</summary>
    public bool Add(MetricPoint point)
    {
        if (_last is { } last)
        {
            // Out of order, or sent twice.
            if (point.From <= last.Until)
            {
                return false;
            }

            if (last.Start == point.Start && last.Value.Equals(point.Value) && last.Histogram?.Count == point.Histogram?.Count && point.Exemplars.Length == 0)
            {
                last.Until = point.From;
                return false;
            }

            point.ShareBounds(last);
        }

        PointBytes += point.BytesBeside(_last);
        _points.Enqueue(point);
        Volatile.Write(ref _last, point);
        return true;
    }

    public void DropOldest()
    {
        if (_points.TryDequeue(out var oldest))
        {
            _points.TryPeek(out var next);
            PointBytes -= oldest.BytesBeside(next);
            if (next is null)
            {
                // What comes next has nothing to continue: also an equal value is a point again.
                Volatile.Write(ref _last, null);
            }
        }
    }

    /// <summary>The same dimensions in any order give the same key.</summary>
    public static string KeyOf(Attribute[] dimensions) =>
        dimensions.Length == 0 ? "" : string.Join('\n', dimensions.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}={one.Text}"));
}
