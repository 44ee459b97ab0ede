using Waiide.Gateway.Activity;
using Waiide.Gateway.Assets;
using Waiide.Gateway.Ide;
using Waiide.ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;

namespace Waiide.Gateway.Proxy;

/// <summary>Takes an authorized request to the IDE server and its answer back; where the IDE cannot be used, says so without dialing.</summary>
internal sealed class IdeForwarder(GatewayOptions options, PrivateHeaders privateHeaders, IdeState state, IdeAddress address, Exchange exchange, KeptAssets assets, LastActivity activity) : IDisposable
{
    private readonly HttpMessageInvoker _client = exchange.Client(address.ConnectAsync);

    public Task ForwardAsync(HttpContext context, string target) =>
        assets.Soon(target) is { } soon ? AfterAsync(soon, context, target) : AnswerAsync(context, target);

    private async Task AfterAsync(Task soon, HttpContext context, string target)
    {
        await soon;
        await AnswerAsync(context, target);
    }

    private Task AnswerAsync(HttpContext context, string target) => assets.Answer(context, target) ?? SendAsync(
        context,
        Upstream.Ide,
        place =>
        {
            activity.Saw(Requests.SightOf(context.Request, toIde: true)); // Only now: a page that waits for the IDE, and asks for itself every second, is nobody's work.
            return WorkbenchDocument.Around(new IdeRequest(options, privateHeaders, place, target), context.Request, target, options);
        },
        () => activity.OfIdeSocket(target));

    /// <summary>Sends what <paramref name="make"/> returns, which is asked only while the IDE can be used; <paramref name="use"/> watches a WebSocket.</summary>
    internal async Task SendAsync(HttpContext context, Upstream leadsTo, Func<IdeAddress.Place, HttpTransformer> make, Func<SocketUse> use)
    {
        var now = state.Now;
        if (now.Status != IdeStatus.Running || address.Now is not { } place)
        {
            Traces.WaitsFor(state.Cause);
            await IdePages.NotUsable(context.Request, now, state.LastLines).ExecuteAsync(context);
            return;
        }

        // Somebody who opens a page while the IDE dies sees that at once, rather than wait for whatever holds the connection. An answer that has begun is left alone.
        Journey.GoesOn(context);
        using var lost = Navigation.IsTopLevel(context.Request) ? new CancellationTokenSource() : null;
        using var unanswered = lost is null ? default : now.Lost.Register(lost.Cancel);
        if (lost is not null)
        {
            context.Response.OnStarting(() => unanswered.DisposeAsync().AsTask());
        }

        var outcome = await exchange.SendAsync(context, _client, leadsTo, place.Address, make(place), use, lost?.Token ?? CancellationToken.None);
        if (outcome.Error == ForwarderError.None)
        {
            return;
        }

        if (lost is { IsCancellationRequested: true } && !context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted && !state.IsUsable)
        {
            context.Response.Clear();
            await IdePages.NotUsable(context.Request, state.Now, state.LastLines).ExecuteAsync(context);
            return;
        }

        await exchange.ExplainAsync(context, outcome, "the IDE server");
    }

    public void Dispose() => _client.Dispose();
}
