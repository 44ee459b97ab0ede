using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Api;

/// <summary>GET /api/status: what runs on which port, and for whom; tells an IDE that is down from a proxy that is set up wrongly.</summary>
internal sealed class StatusReport(GatewayOptions options, IdeState ide, IdeAddress address, MemoryMeter memory, Connections connections, TimeProvider clock)
{
    // The largest; a build may have hundreds.
    private const int MostProcesses = 50;

    /// <summary>Anonymous callers (monitors) see only the services; names and addresses are for those who may use the server.</summary>
    internal IResult Get(HttpContext context)
    {
        JsonObject Gateway() => Service("running", options.Port);
        var report = new JsonObject
        {
            // "jupyter" is the gateway under the name that older monitors know.
            ["services"] = new JsonObject { ["WAIIDE"] = Service(NameOf(ide.Now.Status), IdePort), ["jupyter"] = Gateway(), ["gateway"] = Gateway() },
        };
        if (Access.MayUseServer(context.User))
        {
            report["environment"] = new JsonObject { ["user"] = options.User, ["server_name"] = options.ServerName };
            report["ide"] = new JsonObject { ["detail"] = ide.Now.Detail, ["restarts"] = ide.Now.Restarts, ["attached"] = options.IdeUrl is not null, ["address"] = address.Now?.ToString() };
            report["memory"] = Memory();
            report["cpu"] = new JsonObject { ["limit"] = options.CpuLimit, ["processors"] = Environment.ProcessorCount };
            report["connections"] = ConnectionsNow(context.User.Identity?.Name);
            report["proxy"] = Proxy(context);
            report["version"] = CommandLine.Version;
        }

        context.Response.Headers.CacheControl = "no-store";
        return JsonAnswer.Of(report);
    }

    // An IDE that is not there yet, or on a Unix socket, is reported by the port under which /proxy/ knows it.
    private int IdePort => address.Now is { Socket: null, Url.Port: var port } ? port : options.WellKnownIdePort;

    private JsonObject Memory()
    {
        if (!memory.IsPossible)
        {
            return new JsonObject { ["measured"] = false, ["detail"] = "The IDE server is attached: its memory is measured where it runs." };
        }

        var now = memory.Now();
        return new JsonObject
        {
            ["measured"] = true,
            ["used"] = now.Used,
            ["limit"] = now.Limit,
            ["limit_from"] = now.LimitFrom,
            ["processes"] = now.Processes.Take(MostProcesses).ToJsonArray(process => new JsonObject { ["id"] = process.Id, ["name"] = process.Name, ["memory"] = process.Bytes }),
        };
    }

    // Of whom a connection is, is nobody else's business, and so is what a program said in its close frame; where one leads and why it ended is what somebody wants to know who looks for a fault.
    private JsonObject ConnectionsNow(string? reader) => new()
    {
        ["open"] = connections.Open.ToJsonArray(open => new JsonObject
        {
            ["id"] = open.Id,
            ["upstream"] = open.Upstream.Kind,
            ["port"] = open.Upstream.Port,
            ["since"] = open.Since.UtcDateTime,
            ["seconds"] = Math.Round((clock.GetUtcNow() - open.Since).TotalSeconds, 1),
            ["accepted"] = open.IsOpen,
            ["received"] = open.In.Bytes,
            ["sent"] = open.Out.Bytes,
        }),
        ["ended"] = connections.Ended.ToJsonArray(ended => new JsonObject
        {
            ["id"] = ended.Id,
            ["upstream"] = ended.Kind,
            ["port"] = ended.Port,
            ["since"] = ended.Since.UtcDateTime,
            ["at"] = ended.At.UtcDateTime,
            ["seconds"] = Math.Round((ended.At - ended.Since).TotalSeconds, 1),
            ["received"] = ended.BytesIn,
            ["sent"] = ended.BytesOut,
            ["reason"] = ended.Reason.Entry().Name,
            ["sentence"] = ended.User == reader ? ended.Sentence : new Ending(ended.Reason).Sentence(new Upstream(ended.Kind, ended.Port).Name),
            ["trace"] = ended.Trace,
        }),
    };

    // What the hops before the gateway have made of this very request.
    private JsonObject Proxy(HttpContext context) => new()
    {
        ["mode"] = options.Hub is null ? "standalone" : "jupyterhub",
        ["prefix"] = options.Prefix,
        ["ports"] = options.HubSidePort is { } hubSide ? new JsonArray(options.Port, hubSide) : new JsonArray(options.Port),
        ["path"] = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
        ["host"] = context.Request.Host.Value,
        ["scheme"] = PublicScheme.Of(context) ?? "unknown",
        ["peer"] = context.Connection.RemoteIpAddress?.ToString(),
        ["peer_is_trusted"] = PublicScheme.IsTrusted(options.TrustedProxies, context.Connection.RemoteIpAddress),
    };

    private static JsonObject Service(string status, int port) => new() { ["status"] = status, ["port"] = port };

    private static string NameOf(IdeStatus status) => status switch
    {
        IdeStatus.Running => "running",
        IdeStatus.Starting => "starting",
        _ => "failed",
    };
}
