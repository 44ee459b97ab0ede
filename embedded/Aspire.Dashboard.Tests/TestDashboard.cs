using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using AngleSharp;
using AngleSharp.Dom;
using Aspire.Dashboard.Application;
using Aspire.Dashboard.Otlp.Protocol;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Dashboard.Tests;

/// <summary>A dashboard on ports of its own, with what talks to it: a sender of telemetry and a reader of pages.</summary>
internal sealed class TestDashboard : IAsyncDisposable
{
    public const string OtlpKey = "the key of senders";
    private const string ApiKey = "the key of scripts";
    private readonly DashboardServer _server;

    private TestDashboard(DashboardServer server)
    {
        _server = server;
        Otlp = new HttpClient { BaseAddress = new Uri(server.OtlpHttpUrl!) };
        Otlp.DefaultRequestHeaders.Add("x-otlp-api-key", OtlpKey);
        Pages = new HttpClient { BaseAddress = new Uri(server.FrontendUrl) };
        Pages.DefaultRequestHeaders.Add("x-api-key", ApiKey);
    }

    public HttpClient Otlp { get; }

    public HttpClient Pages { get; }

    public static async Task<TestDashboard> StartAsync(IApplication? application = null, ILoggerFactory? logs = null, string token = "token") => new(await DashboardServer.StartAsync(
        new DashboardOptions { FrontendUrl = new Uri("http://localhost:0"), OtlpHttpUrl = new Uri("http://localhost:0"), BrowserToken = token, OtlpApiKey = OtlpKey, ApiKey = ApiKey },
        application,
        logs ?? NullLoggerFactory.Instance,
        CancellationToken.None));

    public Task<HttpResponseMessage> PostAsync(string signal, byte[] body, string type = "application/x-protobuf", string? encoding = null)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (encoding is not null)
        {
            content.Headers.ContentEncoding.Add(encoding);
        }

        return Otlp.PostAsync($"/v1/{signal}", content);
    }

    /// <summary>Sends and expects to be understood.</summary>
    public async Task<byte[]> SendAsync(IMessage request)
    {
        var signal = request switch { ExportLogsServiceRequest => "logs", ExportTraceServiceRequest => "traces", _ => "metrics" };
        using var answer = await PostAsync(signal, request.ToByteArray());
        Assert.Equal(System.Net.HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    public async Task<IDocument> PageAsync(string path)
    {
        using var answer = await Pages.GetAsync(path);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        return await BrowsingContext.New(Configuration.Default).OpenAsync(response => response.Content(answer.Content.ReadAsStream()));
    }

    public async Task<JsonElement> JsonAsync(string path)
    {
        using var answer = await Pages.GetAsync(path);
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {answer.StatusCode}");
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    /// <summary>Asks again until the answer is right; for senders that take their time.</summary>
    public async Task<JsonElement> EventuallyAsync(string path, Func<JsonElement, bool> isRight, string reason)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            using var answer = await Pages.GetAsync(path);
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.IsSuccessStatusCode && JsonDocument.Parse(text).RootElement is var json && isRight(json))
            {
                return json;
            }

            Assert.True(clock.Elapsed.TotalSeconds < 20, $"Not within 20 s: {reason}; last answer: {text}");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Otlp.Dispose();
        Pages.Dispose();
        await _server.DisposeAsync();
    }
}
