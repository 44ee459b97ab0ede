using System.Globalization;
using System.Net.Sockets;
using Waiide.Tests.Support;

namespace Waiide.Tests.Gateway.Proxy;

/// <summary>A gateway process that asks nobody who he is, so that a test sees what comes after that.</summary>
internal sealed class BareGateway : IAsyncDisposable
{
    private readonly TempDirectory _home;

    private BareGateway(ChildProcess process, TempDirectory home, int port, string prefix)
    {
        (Process, _home) = (process, home);
        Port = port;
        Url = new Uri($"http://127.0.0.1:{port}{prefix}");
        Prefix = prefix;
    }

    public ChildProcess Process { get; }

    public int Port { get; }

    /// <summary>Where the prefix is.</summary>
    public Uri Url { get; }

    public string Prefix { get; }

    /// <summary>Starts one in front of <paramref name="ide"/>, which it finds by service discovery, as under the AppHost.</summary>
    public static Task<BareGateway> StartAsync(StubIde ide, string prefix = "/", params (string Name, string Value)[] settings) =>
        StartAsync(prefix, [("WAIIDE_IDE_URL", "http://ide"), ("services__ide__http__0", ide.Url.ToString()), .. settings]);

    public static async Task<BareGateway> StartAsync(string prefix, params (string Name, string Value)[] settings)
    {
        var port = Ports.Free();
        var home = new TempDirectory();
        var environment = new Dictionary<string, string>
        {
            ["PORT"] = port.ToString(CultureInfo.InvariantCulture),
            ["WAIIDE_AUTH"] = "none",
            ["JUPYTERHUB_PUBLIC_URL"] = "https://hub.example.org:8443/", // The Host of the requests below.
            ["WAIIDE_DATA_DIR"] = Path.Combine(home.Path, "data"),
            ["WAIIDE_WORKSPACE"] = Path.Combine(home.Path, "work"),
            ["LOG_LEVEL"] = "DEBUG",
        };
        if (prefix != "/")
        {
            environment["JUPYTERHUB_SERVICE_PREFIX"] = prefix;
        }

        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        var process = ChildProcess.StartDotnet("Waiide.Gateway.dll", environment);
        var gateway = new BareGateway(process, home, port, prefix);
        await Eventually.Is(
            async () =>
            {
                Assert.False(process.HasExited, $"The gateway ended:\n{process.Output}");
                try
                {
                    using var client = new TcpClient();
                    await client.ConnectAsync("127.0.0.1", port);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            "the gateway listens");
        return gateway;
    }

    /// <summary>Waits until requests reach the IDE.</summary>
    public async Task<BareGateway> WhenUsable()
    {
        using var client = new HttpClient();
        await Eventually.Is(
            async () => (await client.GetAsync(new Uri(Url, "stub-is-there"))).Headers.Contains("X-Stub"),
            $"the gateway reaches the IDE. It printed:\n{Process.Output}");
        return this;
    }

    /// <summary>Stops it as a hub would, and waits for its end.</summary>
    public async Task Stop()
    {
        Process.Signal("TERM");
        await Process.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited)
        {
            await Stop();
        }

        await Process.DisposeAsync();
        _home.Dispose();
    }
}

/// <summary>One gateway under a prefix that is spelled in unusual ways, and the stub behind it, for all tests of a class.</summary>
public sealed class ProxyFixture : IAsyncLifetime
{
    internal const string Password = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    internal const string Prefix = "/user/we%2Bird@ex.org/s-%C3%A9/";

    internal StubIde Ide { get; private set; } = null!;

    internal BareGateway Gateway { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Ide = await StubIde.StartAsync();
        Gateway = await (await BareGateway.StartAsync(Ide, Prefix, ("WAIIDE_IDE_HASHED_PASSWORD", Password))).WhenUsable();
    }

    public async Task DisposeAsync()
    {
        await (Gateway?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (Ide?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>Sends one request in the given bytes (Latin-1) and returns what came back until the gateway closed the connection, or a full answer with Content-Length 0.</summary>
    internal Task<string> Raw(string request) => Wire.Exchange(Gateway.Port, request);

    /// <summary>Sends a GET for <paramref name="target"/> under the prefix with more header lines, and returns the request as the IDE saw it.</summary>
    internal async Task<StubIde.Recorded> Seen(string target, string headers = "")
    {
        var before = Ide.Forwarded.Count();
        // HTTP/1.0, so that the connection ends without a Connection line of ours: Kestrel forgets the rest of one that says "close".
        var answer = await Raw($"GET {Prefix.TrimEnd('/')}{target} HTTP/1.0\r\nHost: hub.example.org:8443\r\n{headers}\r\n");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        return Assert.Single(Ide.Forwarded.Skip(before));
    }
}
