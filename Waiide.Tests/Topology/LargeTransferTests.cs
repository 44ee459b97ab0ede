using System.Globalization;
using System.Net;
using Aspire.Hosting.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Waiide.Tests.Support;

namespace Waiide.Tests.Topology;

/// <summary>One gibibyte each way, from a client through the hub's front, the gateway and the IDE's port proxy to a server of the user.</summary>
[Collection("hub topology")]
public sealed class LargeTransferTests(HubTopology topology)
{
    private const long Gibibyte = 1L << 30;
    private const int Step = 1 << 20;

    [SkippableFact]
    public async Task A_gibibyte_up_and_down_arrives_whole_and_the_gateway_does_not_grow()
    {
        await topology.BootAsync();
        await using var server = await UserServer.StartAsync();
        using var person = new HttpPerson(topology.App.GetEndpoint("hub", "front"));
        await person.SignIn("demo", HubTopology.Password, "/user/demo/");
        var gateway = topology.GatewayProcess();
        await person.Download($"/user/demo/proxy/{server.Port}/down?{Step}"); // Warm: the first bytes load code, not data.
        var before = Processes.PeakMemory(gateway);

        var uploaded = await person.Upload($"/user/demo/proxy/{server.Port}/up", Gibibyte);
        var downloaded = await person.Download($"/user/demo/proxy/{server.Port}/down?{Gibibyte}");

        Assert.Equal(uploaded, server.HashOfUpload);
        Assert.Equal(Blocks.Hash(Gibibyte), downloaded);
        Assert.InRange(Processes.PeakMemory(gateway) - before, 0, 64L << 20);
    }

    /// <summary>A development server of the user: it takes and gives any amount of bytes.</summary>
    private sealed class UserServer(WebApplication app) : IAsyncDisposable
    {
        public int Port { get; private set; }

        public string? HashOfUpload { get; private set; }

        public static async Task<UserServer> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Limits.MaxRequestBodySize = null;
                kestrel.Listen(IPAddress.Loopback, 0);
            });
            var app = builder.Build();
            var server = new UserServer(app);
            app.MapPost("/up", async (HttpRequest request) => server.HashOfUpload = await Blocks.HashOf(request.Body));
            app.MapGet("/down", (HttpRequest request, HttpResponse response) =>
                Blocks.Write(response.Body, long.Parse(request.QueryString.Value![1..], CultureInfo.InvariantCulture)));
            await app.StartAsync();
            server.Port = new Uri(app.Urls.Single()).Port;
            return server;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
