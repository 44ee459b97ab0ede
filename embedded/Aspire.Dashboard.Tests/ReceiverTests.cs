using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Aspire.Dashboard.Otlp.Protocol;
using Google.Protobuf;
using static Aspire.Dashboard.Tests.Wire;

namespace Aspire.Dashboard.Tests;

public sealed class ReceiverTests : IAsyncLifetime
{
    private TestDashboard _dashboard = null!;

    public async Task InitializeAsync() => _dashboard = await TestDashboard.StartAsync();

    public Task DisposeAsync() => _dashboard.DisposeAsync().AsTask();

    [Fact]
    public async Task Json_has_hexadecimal_ids_numbers_for_enums_and_strings_for_long_integers()
    {
        const string body = """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"json"}}]},"unknown":[{"a":null}],
             "scopeSpans":[{"scope":{"name":"by hand"},"spans":[{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"eee19b7ec3c1b174","parentSpanId":"","name":"a span","kind":2,
               "startTimeUnixNano":"1775000000000000000","endTimeUnixNano":1775000001000000000,"status":{"code":2,"message":"it failed"},
               "attributes":[{"key":"n","value":{"intValue":"9007199254740993"}},{"key":"d","value":{"doubleValue":"NaN"}},{"key":"list","value":{"arrayValue":{"values":[{"boolValue":true},{"stringValue":"x"}]}}}]}]}]}]}
            """;
        using var answer = await _dashboard.PostAsync("traces", Encoding.UTF8.GetBytes(body), "application/json; charset=utf-8");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal("{}", await answer.Content.ReadAsStringAsync());
        var span = (await _dashboard.JsonAsync("/api/telemetry/traces/5b8efff798038103d269b633813fc60c")).GetProperty("data").GetProperty("resourceSpans")[0].GetProperty("scopeSpans")[0].GetProperty("spans")[0];
        Assert.Equal("eee19b7ec3c1b174", span.GetProperty("spanId").GetString());
        Assert.Equal(2, span.GetProperty("kind").GetInt32());
        Assert.Equal("1775000001000000000", span.GetProperty("endTimeUnixNano").GetString());
        Assert.Equal("9007199254740993", span.GetProperty("attributes")[0].GetProperty("value").GetProperty("intValue").GetString());
        Assert.Equal("NaN", span.GetProperty("attributes")[1].GetProperty("value").GetProperty("doubleValue").GetString());
        Assert.Equal(2, span.GetProperty("status").GetProperty("code").GetInt32());
        var details = await _dashboard.PageAsync("/traces/detail/5b8efff798038103d269b633813fc60c?span=eee19b7ec3c1b174");
        Assert.Contains("[true,\"x\"]", details.QuerySelector("#pane")!.TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"resourceLogs":{}}""", "JSON list")]
    [InlineData("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":"SEVERITY_NUMBER_INFO"}]}]}]}""", "byte")]
    [InlineData("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"traceId":"not hexadecimal"}]}]}]}""", "byte")]
    [InlineData("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"-1"}]}]}]}""", "byte")]
    [InlineData("""{"resourceLogs":[""", "cannot be read")]
    [InlineData("""{} {}""", "cannot be read")]
    [InlineData("", "cannot be read")]
    public async Task Json_that_is_wrong_is_refused_with_a_reason(string body, string reason)
    {
        using var answer = await _dashboard.PostAsync("logs", Encoding.UTF8.GetBytes(body), "application/json");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var status = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(3, status.GetProperty("code").GetInt32());
        Assert.Contains(reason, status.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_message_is_refused_as_a_status_message()
    {
        var whole = Sent.Logs("sender", Sent.Log("hello")).ToByteArray();
        using var answer = await _dashboard.PostAsync("logs", whole[..^3]);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/x-protobuf", answer.Content.Headers.ContentType!.MediaType);
        var status = Status.Parser.ParseFrom(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(3, status.Code);
        Assert.StartsWith("The body cannot be read", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_request_is_right()
    {
        Assert.Empty(await _dashboard.SendAsync(new ExportLogsServiceRequest()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another key")]
    public async Task Without_the_key_nothing_is_taken(string? key)
    {
        using var stranger = new HttpClient { BaseAddress = _dashboard.Otlp.BaseAddress };
        if (key is not null)
        {
            stranger.DefaultRequestHeaders.Add("x-otlp-api-key", key);
        }

        using var content = new ByteArrayContent(Sent.Logs("sender", Sent.Log("hello")).ToByteArray());
        content.Headers.ContentType = new("application/x-protobuf");
        using var answer = await stranger.PostAsync("/v1/logs", content);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(16, Status.Parser.ParseFrom(await answer.Content.ReadAsByteArrayAsync()).Code);
        Assert.Equal(0, (await _dashboard.JsonAsync("/api/telemetry/logs")).GetProperty("totalCount").GetInt32());
    }

    [Fact]
    public async Task Web_pages_cannot_send()
    {
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/v1/logs") { Headers = { { "Origin", "http://example.test" }, { "Access-Control-Request-Method", "POST" } } };
        using var refused = await _dashboard.Otlp.SendAsync(preflight);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.DoesNotContain(refused.Headers, header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/logs") { Headers = { { "Origin", _dashboard.Otlp.BaseAddress!.ToString().TrimEnd('/') } }, Content = new ByteArrayContent([]) };
        using var answer = await _dashboard.Otlp.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("text/plain", null)]
    [InlineData("application/grpc", null)]
    [InlineData("application/x-protobuf", "br")]
    [InlineData("application/json", "deflate")]
    public async Task Other_types_and_encodings_are_refused(string type, string? encoding)
    {
        using var answer = await _dashboard.PostAsync("traces", [], type, encoding);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
    }

    [Fact]
    public async Task Only_POST_is_answered()
    {
        using var answer = await _dashboard.Otlp.GetAsync("/v1/logs");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Theory]
    [InlineData("application/x-protobuf")]
    [InlineData("application/json")]
    public async Task Compressed_bodies_are_understood(string type)
    {
        var request = Sent.Logs("compressed", Sent.Log("hello from far"));
        var body = type == "application/json" ? Otlp.OtlpJsonWriter.Write(request) : request.ToByteArray();
        using var answer = await _dashboard.PostAsync("logs", Compressed(body), type, "gzip");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(1, (await _dashboard.JsonAsync("/api/telemetry/logs?resource=compressed")).GetProperty("totalCount").GetInt32());
    }

    [Fact]
    public async Task What_only_claims_to_be_compressed_is_refused()
    {
        using var answer = await _dashboard.PostAsync("logs", [1, 2, 3], encoding: "gzip");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused()
    {
        // Else the client writes on while it is refused.
        _dashboard.Otlp.DefaultRequestHeaders.ExpectContinue = true;
        using var answer = await _dashboard.PostAsync("logs", new byte[17 * 1024 * 1024]);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task A_small_body_that_becomes_a_huge_one_is_refused()
    {
        var bomb = Compressed(new byte[200 * 1024 * 1024]);
        Assert.True(bomb.Length < 1024 * 1024);
        var before = GC.GetTotalAllocatedBytes();
        using var answer = await _dashboard.PostAsync("logs", bomb, encoding: "gzip");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.True(GC.GetTotalAllocatedBytes() - before < 120 * 1024 * 1024, "It was read to its end.");
    }

    [Fact]
    public async Task Values_in_values_in_values_are_refused_before_they_exhaust_the_stack()
    {
        var protobuf = await _dashboard.PostAsync("logs", Nested(5000));
        Assert.Equal(HttpStatusCode.BadRequest, protobuf.StatusCode);
        var json = string.Concat(Enumerable.Repeat("""{"arrayValue":{"values":[""", 5000));
        using var refused = await _dashboard.PostAsync("logs", Encoding.UTF8.GetBytes("""{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":""" + json), "application/json");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
    }

    [Fact]
    public async Task More_requests_at_once_than_can_be_read_are_told_to_come_again()
    {
        using var end = new CancellationTokenSource();
        // A client that began to write, because nothing was said for a second, reads no answer before it is done; these never are.
        using var many = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 200, Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = _dashboard.Otlp.BaseAddress };
        many.DefaultRequestHeaders.Add("x-otlp-api-key", TestDashboard.OtlpKey);
        many.DefaultRequestHeaders.ExpectContinue = true;
        var requests = Enumerable.Range(0, 80).Select(_ => many.PostAsync("/v1/logs", new EndlessContent(end.Token))).ToArray();

        var first = await await Task.WhenAny(requests).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(HttpStatusCode.TooManyRequests, first.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(1), first.Headers.RetryAfter!.Delta);

        await end.CancelAsync();
        await Task.WhenAll(requests).ContinueWith(_ => { }, TaskScheduler.Default);
        // The server learns of each that has gone in its own time; until then others may still be in line.
        var clock = Stopwatch.StartNew();
        while (await StatusAsync() is var status && status != HttpStatusCode.OK)
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, status);
            Assert.True(clock.Elapsed.TotalSeconds < 20, "Not within 20 s: room for a request after those that took it have gone.");
            await Task.Delay(50);
        }

        async Task<HttpStatusCode> StatusAsync()
        {
            using var answer = await _dashboard.PostAsync("logs", Sent.Logs("later", Sent.Log("there is room again")).ToByteArray());
            return answer.StatusCode;
        }
    }

    // AnyValue { array_value = 5: ArrayValue { values = 1: AnyValue { ... } } }, from the inside out; then the body of a log record.
    private static byte[] Nested(int depth)
    {
        byte[] value = [];
        for (var level = 0; level < depth; level++)
        {
            value = Field(5, Field(1, value));
        }

        return Field(1, Field(2, Field(2, Field(5, value))));
    }

    /// <summary>A body that begins and does not go on.</summary>
    private sealed class EndlessContent : HttpContent
    {
        private readonly CancellationToken _end;

        public EndlessContent(CancellationToken end)
        {
            _end = end;
            Headers.ContentType = new("application/x-protobuf");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(new byte[] { 10 }, _end);
            await stream.FlushAsync(_end);
            await Task.Delay(Timeout.Infinite, _end);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
