using Waiide.Gateway.Activity;
using Yarp.ReverseProxy.Forwarder;

namespace Waiide.Gateway.Proxy;

/// <summary>Takes an authorized request to a dev server of the user's: on this machine where the IDE is our own, else by way of the IDE server, which knows its machine.</summary>
internal sealed class PortForwarder(GatewayOptions options, PrivateHeaders privateHeaders, IdeForwarder ide, Exchange exchange, LastActivity activity) : IDisposable
{
    private readonly HttpMessageInvoker _client = exchange.Client(async (context, cancellationToken) => await LoopbackPort.ConnectAsync((ushort)context.DnsEndPoint.Port, cancellationToken));

    public Task ForwardAsync(HttpContext context, DevServer server, string target) =>
        options.IdeUrl is null ? DirectAsync(context, server, target) : ByWayOfTheIdeAsync(context, server, target);

    public void Dispose() => _client.Dispose();

    private async Task DirectAsync(HttpContext context, DevServer server, string target)
    {
        var request = new PortRequest(options, privateHeaders, server, target, null, () => Answered(context));
        var outcome = await exchange.SendAsync(context, _client, LeadsTo(server), "http://" + server.Host, request, () => activity.OfPortSocket(context), CancellationToken.None);
        if (outcome is { Error: ForwarderError.Request or ForwarderError.RequestCreation, EndedHere: false } && !context.Response.HasStarted && LoopbackPort.IsClosed(Exchange.Cause(context)))
        {
            await NothingListensAsync(context, server);
        }
        else if (outcome.Error != ForwarderError.None)
        {
            await exchange.ExplainAsync(context, outcome, $"the server on port {server.Port}");
        }
    }

    private async Task ByWayOfTheIdeAsync(HttpContext context, DevServer server, string target)
    {
        PortRequest? request = null;
        await ide.SendAsync(context, LeadsTo(server), place => request = new PortRequest(options, privateHeaders, server, target, place, () => Answered(context)), () => activity.OfPortSocket(context));
        if (request is { NothingListens: true })
        {
            await NothingListensAsync(context, server);
        }
    }

    private static Upstream LeadsTo(DevServer server) => new(Upstream.PortKind, server.Port);

    private void Answered(HttpContext context) => activity.Saw(Requests.SightOf(context.Request, toIde: false));

    private static Task NothingListensAsync(HttpContext context, DevServer server)
    {
        context.Response.Clear();
        return PortPages.NothingListens(context.Request, server.Port).ExecuteAsync(context);
    }
}
