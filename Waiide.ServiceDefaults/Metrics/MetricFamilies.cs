using System.Diagnostics.Metrics;

namespace Waiide.ServiceDefaults.Metrics;

/// <summary>Listens to meters and keeps where each of their instruments stands.</summary>
internal sealed class MetricFamilies : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<MetricFamily> _families = [];

    // One lock for all: what is read together was true together, and a measurement holds it for less than a microsecond.
    private readonly Lock _gate = new();
    private readonly Lock _reading = new();

    internal MetricFamilies(IMeterFactory meters, IReadOnlyCollection<string> names)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Of this host alone, where a process has several.
            if (names.Contains(instrument.Meter.Name) && ReferenceEquals(instrument.Meter.Scope, meters))
            {
                var family = new MetricFamily(instrument);
                lock (_gate)
                {
                    _families.Add(family);
                }

                listener.EnableMeasurementEvents(instrument, family);
            }
        };
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => Take(family, value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => Take(family, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => Take(family, value, tags));
        _listener.Start();
    }

    /// <summary>Asks the instruments that want to be asked, and gives everything to <paramref name="read"/> while it stands still.</summary>
    internal T Read<T>(Func<IReadOnlyList<MetricFamily>, T> read)
    {
        lock (_reading)
        {
            lock (_gate)
            {
                _families.ForEach(family => family.ForgetObserved());
            }

            _listener.RecordObservableInstruments();
            lock (_gate)
            {
                return read([.. _families.OrderBy(family => family.Name, StringComparer.Ordinal)]);
            }
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Take(object? family, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_gate)
        {
            ((MetricFamily)family!).Take(value, tags);
        }
    }
}
