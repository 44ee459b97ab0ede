using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>The real configurable-http-proxy in a process of its own, to stand in front of a hub or beside our own proxy.</summary>
internal sealed class RealProxy : IAsyncDisposable
{
    public const string Token = "proxy-token-0123456789abcdef";

    private ChildProcess? _process;

    private RealProxy(int port, int apiPort) => (Port, ApiPort) = (port, apiPort);

    public int Port { get; }

    public int ApiPort { get; }

    public Uri Front => new($"http://127.0.0.1:{Port}");

    public Uri ApiUrl => new($"http://127.0.0.1:{ApiPort}");

    /// <summary>Ports for one that is not started yet.</summary>
    public static RealProxy Prepare()
    {
        Prerequisites.Need("node", "npm");
        return new RealProxy(Ports.Free(), Ports.Free());
    }

    public async Task StartAsync(Uri hub, bool withDefaultTarget = true)
    {
        string[] target = withDefaultTarget ? ["--default-target", hub.GetLeftPart(UriPartial.Authority)] : [];
        var start = new ProcessStartInfo(
            "node",
            [await RealHub.FrontProxy.ProgramAsync(), "--ip", "127.0.0.1", "--port", Text(Port), "--api-ip", "127.0.0.1", "--api-port", Text(ApiPort), "--error-target", new Uri(hub, "/hub/error").ToString(), .. target])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["CONFIGPROXY_AUTH_TOKEN"] = Token;
        _process = ChildProcess.Start(start);
        await _process.WaitForOutput("Proxy API at");
        // It says so before it listens.
        await Eventually.Is(
            async () =>
            {
                try
                {
                    return (await CallAsync(ApiPort, "GET", "/api/routes")).Status == 200;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "the proxy's API answers");
    }

    /// <summary>Ends it; all its routes are lost.</summary>
    public async Task StopAsync()
    {
        await _process!.DisposeAsync();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    /// <summary>Calls the REST API of a proxy, this or our own.</summary>
    public static async Task<(int Status, string Body)> CallAsync(int apiPort, string method, string target, string? body = null, string? authorization = "token " + Token)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var url = new Uri($"http://127.0.0.1:{apiPort}{target}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(method), url) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, MediaTypeHeaderValue.Parse("application/json")) };
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var answer = await client.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
