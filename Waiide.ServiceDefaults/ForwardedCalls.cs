using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Waiide.ServiceDefaults;

/// <summary>
/// The calls by which a proxy passes on what somebody else asked, with the trace that the other side learns of. They have a span where the request has one; HttpClient makes an <see cref="Activity"/> for each of
/// them that nobody collects, which is a seventh of what the gateway does for a request, and calls an answer of 4xx an error: that is about the request, and the call has done its work. VS Code asks for two files
/// on every load that no server of its kind has (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span).
/// </summary>
internal sealed class ForwardedCalls(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string Peer = "peer.service";

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Activity.Current is { Recorded: true } cause)
        {
            return TracedAsync(request, cause, cancellationToken);
        }

        Tell(request, Activity.Current);
        return base.SendAsync(request, cancellationToken);
    }

    private async Task<HttpResponseMessage> TracedAsync(HttpRequestMessage request, Activity cause, CancellationToken cancellationToken)
    {
        using var span = HttpSpans.Start(request.Method.Method, ActivityKind.Client);
        Describe(span, request.RequestUri!, cause);
        Tell(request, span ?? cause);
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            Describe(span, response);
            return response;
        }
        catch (Exception failure)
        {
            Fail(span, failure is HttpRequestException { HttpRequestError: not HttpRequestError.Unknown and var kind } ? JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()) : failure.GetType().FullName!);
            throw;
        }
    }

    // The proxy has copied the client's headers already: of two traceparents the other side could take either.
    private static void Tell(HttpRequestMessage request, Activity? span)
    {
        if (span is not null)
        {
            foreach (var name in HttpSpans.W3C.Fields)
            {
                request.Headers.Remove(name);
            }

            HttpSpans.W3C.Inject(span, request, static (carrier, name, value) => ((HttpRequestMessage)carrier!).Headers.TryAddWithoutValidation(name, value));
        }
    }

    private static void Describe(Activity? span, Uri address, Activity cause) => span?
        .SetTag(Peer, cause.GetTagItem(Peer))
        .SetTag("server.address", address.IdnHost)
        .SetTag("server.port", address.Port)
        .SetTag("url.full", WithoutQuery(address));

    private static void Describe(Activity? span, HttpResponseMessage response)
    {
        span?.SetTag("http.response.status_code", (int)response.StatusCode).SetTag("network.protocol.version", response.Version.ToString());
        if ((int)response.StatusCode is >= 500 and < 600)
        {
            Fail(span, ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture));
        }
    }

    private static void Fail(Activity? span, string type) => span?.SetTag("error.type", type).SetStatus(ActivityStatusCode.Error);

    // As HttpClient does it.
    private static string WithoutQuery(Uri address)
    {
        var path = address.PathAndQuery;
        var query = path.IndexOf('?', StringComparison.Ordinal);
        return $"{address.Scheme}://{address.Authority}{(query < 0 ? path : $"{path.AsSpan(0, query)}?*")}";
    }
}
