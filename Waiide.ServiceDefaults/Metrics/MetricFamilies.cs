using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Waiide.ServiceDefaults.Metrics;

/// <summary>Listens to meters and keeps where each of their instruments stands.</summary>
internal sealed partial class MetricFamilies : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ILogger _logger;
    private readonly List<MetricFamily> _families = [];
    private readonly Lock _gate = new();
    private readonly Lock _asking = new();

    internal MetricFamilies(IMeterFactory meters, ILogger logger, IReadOnlyCollection<string> names)
    {
        _logger = logger;
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
        _listener.SetMeasurementEventCallback<int>((_, value, tags, family) => ((MetricFamily)family!).Take(value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, family) => ((MetricFamily)family!).Take(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, family) => ((MetricFamily)family!).Take(value, tags));
        _listener.Start();
    }

    /// <summary>Asks the instruments that want to be asked, and says where each stands: in copies, so that no measurement waits for whoever makes a text of them.</summary>
    internal IReadOnlyList<MetricFamily.Reading> Read()
    {
        lock (_asking)
        {
            var families = Families();
            foreach (var family in families)
            {
                family.ForgetObserved();
            }

            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException failures)
            {
                // All of them were asked; whoever failed is left out this time.
                foreach (var failure in failures.InnerExceptions)
                {
                    Log.NotMeasured(_logger, failure);
                }
            }

            return [.. families.Select(family => family.Read())];
        }
    }

    public void Dispose() => _listener.Dispose();

    private MetricFamily[] Families()
    {
        lock (_gate)
        {
            return [.. _families.OrderBy(family => family.Name, StringComparer.Ordinal)];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A metric could not be measured, and is not among the others this time.")]
        public static partial void NotMeasured(ILogger logger, Exception failure);
    }
}
