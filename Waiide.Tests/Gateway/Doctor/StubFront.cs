using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Yarp.ReverseProxy.Forwarder;

namespace Waiide.Tests.Gateway.Doctor;

/// <summary>A proxy between browser, hub and server, and the ways in which such proxies are set up wrongly.</summary>
internal sealed class StubFront : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });

    private StubFront(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = null!;

    public bool RewritesHost { get; set; }

    public bool StripsPrefix { get; set; }

    public bool DropsUpgrade { get; set; }

    public bool DropsAuthorization { get; set; }

    public string? SaysScheme { get; set; }

    public TimeSpan? CutsWebSocketsAfter { get; set; }

    public static async Task<StubFront> StartAsync(Uri hub, Uri server, string prefix)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddHttpForwarder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var front = new StubFront(app);
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        app.Run(async context =>
        {
            if (context.Request.Headers.ContainsKey("Upgrade"))
            {
                if (front.DropsUpgrade)
                {
                    context.Request.Headers.Remove("Upgrade");
                    context.Features.Set<IHttpUpgradeFeature>(null);
                }
                else if (front.CutsWebSocketsAfter is { } limit)
                {
                    _ = Task.Delay(limit).ContinueWith(_ => context.Abort(), TaskScheduler.Default);
                }
            }

            var isServers = context.Request.Path.Value!.StartsWith(prefix, StringComparison.Ordinal);
            if (isServers && front.StripsPrefix)
            {
                context.Request.Path = context.Request.Path.Value[(prefix.Length - 1)..];
            }

            await forwarder.SendAsync(context, (isServers ? server : hub).ToString(), front._client, ForwarderRequestConfig.Empty, front.Change);
        });
        await app.StartAsync();
        front.Url = new Uri(app.Urls.Single());
        return front;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private ValueTask Change(HttpContext context, HttpRequestMessage request)
    {
        request.Headers.Host = RewritesHost ? null : context.Request.Host.Value;
        if (SaysScheme is not null)
        {
            request.Headers.Add("X-Forwarded-Proto", SaysScheme);
        }

        if (DropsAuthorization)
        {
            request.Headers.Authorization = null;
        }

        return ValueTask.CompletedTask;
    }
}
