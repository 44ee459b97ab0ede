using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Waiide.Tests.Support;

namespace Waiide.Tests.Hub;

/// <summary>One hub in a process of its own, with the users and servers that the transcripts speak of; the servers are recording stubs.</summary>
public sealed class HubFixture : IAsyncLifetime
{
    private readonly List<StubIde> _stubs = [];
    private WebApplication _bulk = null!;
    private ChildProcess _process = null!;

    public const string AliceToken = "alice-server-token-0123456789abcdef";
    public const string AliceEnvOneToken = "alice-env-one-token-0123456789abcdef";
    public const string DaveToken = "dave-server-token-0123456789abcdef";

    public Uri Front { get; private set; } = null!;

    public Uri Api { get; private set; } = null!;

    internal StubIde Alice => _stubs[0];

    internal StubIde AliceEnvOne => _stubs[1];

    internal StubIde Dave => _stubs[2];

    internal StubIde Weird => _stubs[3];

    internal ChildProcess Process => _process;

    /// <summary>The most memory that the hub's process ever held, in bytes.</summary>
    public long PeakMemory()
    {
        // VmHWM:    123456 kB
        var line = File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }

    public Browser NewBrowser() => new(Front);

    public async Task<Browser> SignedInAsync(string user, string password = "pw")
    {
        var browser = NewBrowser();
        using var answer = await browser.SignInAsync(user, password);
        Assert.Equal(System.Net.HttpStatusCode.Found, answer.StatusCode);
        return browser;
    }

    public async Task InitializeAsync()
    {
        for (var i = 0; i < 4; i++)
        {
            _stubs.Add(await StubIde.StartAsync());
        }

        _bulk = await StartBulkAsync();
        var (front, api) = (Ports.Free(), Ports.Free());
        Front = new Uri($"http://127.0.0.1:{front}");
        Api = new Uri($"http://127.0.0.1:{api}");
        var settings = new Dictionary<string, string>
        {
            ["Hub__FrontPort"] = front.ToString(CultureInfo.InvariantCulture),
            ["Hub__ApiPort"] = api.ToString(CultureInfo.InvariantCulture),
            ["Hub__Database"] = ":memory:",
            ["Hub__Admins"] = "root",
        };
        foreach (var user in new[] { "alice", "bob", "bulk", "dave", "erin", "hank", "ivan", "root", "we+ird@ex.org" })
        {
            settings[$"Hub__Users__{user}"] = "pw";
        }

        Server(0, "alice", "", Alice.Url, AliceToken);
        Server(1, "alice", "env-one", AliceEnvOne.Url, AliceEnvOneToken);
        Server(2, "dave", "", Dave.Url, DaveToken);
        Server(3, "we+ird@ex.org", "s-é", Weird.Url, "weird-server-token-0123456789abcdef");
        Server(4, "ivan", "", new Uri($"http://127.0.0.1:{Ports.Free()}"), "ivan-server-token-0123456789abcdef");
        Server(5, "bulk", "", new Uri(_bulk.Urls.Single()), "bulk-server-token-0123456789abcdef");
        _process = ChildProcess.StartDotnet("Waiide.Hub.Mock.dll", settings);
        await _process.WaitForOutput("Sign in at");
        await Eventually.Is(() => _process.Output.Split(" is Ready.").Length == 5 + 1, "the hub finds its five servers ready");

        void Server(int number, string user, string name, Uri url, string token)
        {
            settings[$"Hub__Servers__{number}__User"] = user;
            settings[$"Hub__Servers__{number}__Name"] = name;
            settings[$"Hub__Servers__{number}__Url"] = url.ToString();
            settings[$"Hub__Servers__{number}__ApiToken"] = token;
        }
    }

    public async Task DisposeAsync()
    {
        await _process.DisposeAsync();
        await _bulk.DisposeAsync();
        foreach (var stub in _stubs)
        {
            await stub.DisposeAsync();
        }
    }

    /// <summary>A server of much data: it sends as many bytes as ?bytes= says, and answers an upload with its SHA-256.</summary>
    private static async Task<WebApplication> StartBulkAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0);
        });
        var app = builder.Build();
        app.MapPut("/{**path}", async (HttpRequest request) => Convert.ToHexString(await SHA256.HashDataAsync(request.Body)));
        app.MapGet("/{**path}", async (HttpContext context, long? bytes) =>
        {
            var chunk = new byte[64 * 1024];
            for (var left = bytes ?? 0; left > 0; left -= chunk.Length)
            {
                Random.Shared.NextBytes(chunk);
                await context.Response.Body.WriteAsync(chunk.AsMemory(0, (int)Math.Min(left, chunk.Length)), context.RequestAborted);
            }
        });
        await app.StartAsync();
        return app;
    }
}

/// <summary>The tests that share one hub; none of them may change what another relies on.</summary>
[CollectionDefinition(Name)]
public sealed class HubTests : ICollectionFixture<HubFixture>
{
    public const string Name = "hub";
}
