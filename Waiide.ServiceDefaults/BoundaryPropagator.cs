using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace Waiide.ServiceDefaults;

/// <summary>To which trace a request from outside belongs: the one that somebody whom we believe says, else the browser's journey, else none yet.</summary>
internal sealed class BoundaryPropagator(TraceBoundary boundary, IHttpContextAccessor request) : DistributedContextPropagator
{
    private static readonly DistributedContextPropagator W3C = CreateW3CPropagator();

    public override IReadOnlyCollection<string> Fields => W3C.Fields;

    public override void Inject(Activity? activity, object? carrier, PropagatorSetterCallback? setter) => W3C.Inject(activity, carrier, setter);

    public override void ExtractTraceIdAndState(object? carrier, PropagatorGetterCallback? getter, out string? traceId, out string? traceState)
    {
        (traceId, traceState) = (null, null);
        if (request.HttpContext is not { } context)
        {
            return;
        }

        if (boundary.Believes(context))
        {
            W3C.ExtractTraceIdAndState(carrier, getter, out traceId, out traceState);
        }

        traceId ??= Journey.In(context.Request.Headers.Cookie);
    }

    // Nothing here reads any, and it would be sent on to wherever we ask.
    public override IEnumerable<KeyValuePair<string, string?>>? ExtractBaggage(object? carrier, PropagatorGetterCallback? getter) => null;
}
