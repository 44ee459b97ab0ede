using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Waiide.Tests.ServiceDefaults;

/// <summary>A collector on a real socket that keeps what it gets: spans decoded, everything else as text to search in.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _bodies = new();

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>A span as it was sent; attributes as text. Services in one process see each other's spans: which of them sent it says nothing.</summary>
    internal sealed record Span(string TraceId, string SpanId, string ParentId, string Name, ulong Kind, ulong Status, IReadOnlyDictionary<string, string> Attributes)
    {
        /// <summary>The service that sent it.</summary>
        public required string Service { get; init; }

        /// <summary>Nanoseconds since 1970.</summary>
        public required ulong Start { get; init; }

        public required ulong End { get; init; }

        /// <summary>The ids of the spans that it is linked to.</summary>
        public required IReadOnlyList<string> Links { get; init; }

        public required IReadOnlyList<string> Events { get; init; }
    }

    public ConcurrentDictionary<string, Span> Spans { get; } = new();

    /// <summary>Paths that were posted to, such as /v1/traces.</summary>
    public ConcurrentDictionary<string, int> Paths { get; } = new();

    /// <summary>All bodies, byte by byte as characters.</summary>
    public string Text => string.Concat(_bodies);

    public string Url => _app.Urls.Single();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.Run(receiver.Receive);
        await app.StartAsync();
        return receiver;
    }

    public IEnumerable<Span> In(string traceId) => Spans.Values.Where(span => span.TraceId == traceId);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task Receive(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer);
        var body = buffer.ToArray();
        if (context.Request.Path == "/v1/traces")
        {
            Decode(body);
        }

        _bodies.Enqueue(Encoding.Latin1.GetString(body));
        Paths.AddOrUpdate(context.Request.Path, 1, (_, count) => count + 1);
        context.Response.ContentType = "application/x-protobuf";
    }

    // https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
    private void Decode(byte[] request)
    {
        foreach (var resourceSpans in new Protobuf(request).Messages(1))
        {
            var service = resourceSpans.Messages(1).SelectMany(resource => Attributes(resource, 1)).FirstOrDefault(attribute => attribute.Key == "service.name").Value ?? "";
            foreach (var span in resourceSpans.Messages(2).SelectMany(scope => scope.Messages(2)))
            {
                var id = Convert.ToHexStringLower(span.Bytes(2));
                Spans[id] = new Span(
                    Convert.ToHexStringLower(span.Bytes(1)),
                    id,
                    Convert.ToHexStringLower(span.Bytes(4)),
                    Encoding.UTF8.GetString(span.Bytes(5)),
                    span.Number(6),
                    span.Messages(15).Select(status => status.Number(3)).SingleOrDefault(),
                    Attributes(span, 9).ToDictionary())
                {
                    Service = service,
                    Start = span.Number(7),
                    End = span.Number(8),
                    Events = [.. span.Messages(11).Select(happened => Encoding.UTF8.GetString(happened.Bytes(2)))],
                    Links = [.. span.Messages(13).Select(link => Convert.ToHexStringLower(link.Bytes(2)))],
                };
            }
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Attributes(Protobuf message, int field) => message.Messages(field).Select(attribute =>
    {
        var value = attribute.Messages(2).Single();
        return KeyValuePair.Create(
            Encoding.UTF8.GetString(attribute.Bytes(1)),
            value.Has(1) ? Encoding.UTF8.GetString(value.Bytes(1)) : value.Number(3).ToString(CultureInfo.InvariantCulture));
    });
}
