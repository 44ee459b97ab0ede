using System.Diagnostics;

namespace Waiide.ServiceDefaults;

/// <summary>Whether traces are collected, and with them what a proxy tells its upstreams.</summary>
public sealed class Tracing
{
    internal Tracing(bool isOn) => (IsOn, Forwarded) = (isOn, isOn ? new ForwardedTrace() : DistributedContextPropagator.CreateNoOutputPropagator());

    /// <summary>False where OTEL_EXPORTER_OTLP_ENDPOINT is not set.</summary>
    public bool IsOn { get; }

    /// <summary>For the client of a forwarder: the upstream learns of our trace; where there is none, it gets the client's own headers as they came.</summary>
    public DistributedContextPropagator Forwarded { get; }

    // The forwarder has copied the client's headers already: of two traceparents an upstream could take either.
    private sealed class ForwardedTrace : DistributedContextPropagator
    {
        private static readonly DistributedContextPropagator W3C = CreateW3CPropagator();

        public override IReadOnlyCollection<string> Fields => W3C.Fields;

        public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter)
        {
            if (activity is null)
            {
                return;
            }

            if (carrier is HttpRequestMessage request)
            {
                foreach (var name in Fields)
                {
                    request.Headers.Remove(name);
                }
            }

            W3C.Inject(activity, carrier, setter);
        }

        public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState) => (traceId, traceState) = (null, null);

        public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
    }
}
