using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Net.Http.Headers;
using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Proxy;

/// <summary>A request to a dev server, direct or by way of an attached IDE server's own port proxy; docs/ports.md says what it sees, and why.</summary>
/// <param name="ide">The attached IDE server to go through; null: the server is on this machine.</param>
/// <param name="answered">Told once there is an answer: a page that waits for its server is nobody's work.</param>
internal sealed class PortRequest(GatewayOptions options, PrivateHeaders privateHeaders, DevServer server, string target, IdeAddress.Place? ide, Action answered)
    : UpstreamRequest(options, privateHeaders, ide?.Address ?? "http://" + server.Host, ide is null ? target : $"/proxy/{server.Port}{target}")
{
    // These speak for a whole origin, and this one is the hub's and the IDE's: its cookies and storage, where else it is to be found, where its errors are reported.
    private static readonly string[] ForTheWholeOrigin = ["Clear-Site-Data", "Alt-Svc", "NEL", "Report-To"];

    private static ReadOnlySpan<byte> Refusal => "connect ECONNREFUSED "u8;

    /// <summary>True where the IDE server has said that nothing listens there.</summary>
    public bool NothingListens { get; private set; }

    protected override string? IdeSessionValue => ide is null ? null : Options.IdeHashedPassword;

    // Somebody who came by cookie has shown a token that opens nothing here: the hub, or the gateway without one, was asked about it first. What could not be asked about in
    // that shape, more than one or one that is not a single word, stays here; a longer one than any hub gives out is passed on.
    protected override bool MayHaveToken(HttpContext context) =>
        context.User.Identity?.AuthenticationType is "cookie" or "none"
        && context.Request.Headers.Authorization is [{ } header]
        && header.Split(' ') is [_, { Length: > 0 } token] && token.All(letter => letter is >= '!' and <= '~');

    protected override void Complete(HttpContext context, HttpRequestMessage request)
    {
        // Vite, webpack and Django refuse hosts that they have not been told of, but never localhost. The Origin goes with the Host, because servers compare the two;
        // that it is the site's own has been checked before, and any other is passed on as it is.
        var headers = request.Headers;
        var host = context.Request.Headers.Host.ToString();
        headers.Host = server.Host;
        if (context.Request.Headers.Origin is [{ } origin] && (origin == "http://" + host || origin == "https://" + host))
        {
            headers.Remove(HeaderNames.Origin);
            headers.TryAddWithoutValidation(HeaderNames.Origin, "http://" + server.Host);
            if (ide is not null && context.Request.Headers.ContainsKey(HeaderNames.Upgrade))
            {
                // The IDE server compares a WebSocket's Origin with this.
                headers.Remove("X-Forwarded-Host");
                headers.TryAddWithoutValidation("X-Forwarded-Host", server.Host);
            }
        }

        if (ide is not null)
        {
            headers.Remove(HeaderNames.Expect); // code-server would leave its session on the request; and who waits for "100 Continue" has it from us.
        }

        if (!server.SeesBase)
        {
            headers.TryAddWithoutValidation("X-Forwarded-Prefix", server.Base[..^1]);
        }
    }

    protected override async ValueTask<bool> AcceptAsync(HttpContext context, HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if (ide is not null && await IsRefusalAsync(answer, cancellationToken))
        {
            NothingListens = true;
            return false;
        }

        answered();
        var headers = context.Response.Headers;
        foreach (var name in ForTheWholeOrigin)
        {
            headers.Remove(name);
        }

        if (headers.ContainsKey("Service-Worker-Allowed"))
        {
            headers["Service-Worker-Allowed"] = server.Base; // As wide as its own place, however it was spelled.
        }

        if (headers.Location.ToString() is { Length: > 0 } location)
        {
            headers.Location = server.Location(WithoutIdesProxy(location), context.Request.Headers.Host.ToString());
        }

        if (headers.SetCookie.Count > 0)
        {
            headers.SetCookie = headers.SetCookie.OfType<string>().Select(server.SetCookie).OfType<string>().ToArray();
        }

        if (Options.SandboxPorts)
        {
            headers.Append(HeaderNames.ContentSecurityPolicy, "sandbox allow-scripts allow-forms allow-popups allow-modals allow-downloads");
        }

        return true;
    }

    // code-server puts /proxy/3000 before every Location that begins with a slash.
    private string WithoutIdesProxy(string location) =>
        ide is not null && location.StartsWith($"/proxy/{server.Port}/", StringComparison.Ordinal) ? location[$"/proxy/{server.Port}".Length..] : location;

    // Its own words for that: status 500, no type, "connect ECONNREFUSED 0.0.0.0:3000". No more than their beginning is waited for: the rest may be a dev server's own, and without an end.
    private static async Task<bool> IsRefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        if ((int)answer.StatusCode != StatusCodes.Status500InternalServerError || answer.Content.Headers.ContentType is not null)
        {
            return false;
        }

        var body = PipeReader.Create(await answer.Content.ReadAsStreamAsync(cancellationToken));
        var begin = (await body.ReadAtLeastAsync(Refusal.Length, cancellationToken)).Buffer;
        var isRefusal = begin.Length >= Refusal.Length && begin.Slice(0, Refusal.Length).ToArray().AsSpan().SequenceEqual(Refusal);
        body.AdvanceTo(begin.Start); // What was read is read again, by the forwarder.
        answer.Content = new StreamContent(body.AsStream());
        return isRefusal;
    }
}
