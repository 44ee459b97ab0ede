using System.Diagnostics;

namespace Waiide.ServiceDefaults;

/// <summary>What the spans of requests and of calls have in common: their source, the headers that tell of them, and how they are named by the method (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name).</summary>
internal static class HttpSpans
{
    public static readonly DistributedContextPropagator W3C = DistributedContextPropagator.CreateW3CPropagator();

    private static readonly ActivitySource Source = new("Waiide.ServiceDefaults");

    /// <summary>Null: nobody wants it. Without a <paramref name="parent"/> it is a part of what goes on here, if anything does.</summary>
    public static Activity? Start(string method, ActivityKind kind, ActivityContext parent = default)
    {
        var isKnown = method is "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "CONNECT" or "OPTIONS" or "TRACE" or "PATCH";
        var span = Source.StartActivity(isKnown ? method : "HTTP", kind, parent);
        return span is not { IsAllDataRequested: true } ? span : span
            .SetTag("http.request.method", isKnown ? method : "_OTHER")
            .SetTag("http.request.method_original", isKnown ? null : method);
    }
}
