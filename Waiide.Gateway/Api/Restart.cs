using System.Text.Json.Nodes;
using Waiide.Gateway.Ide;

namespace Waiide.Gateway.Api;

/// <summary>POST /api/restart: the IDE server ends and starts again; the gateway, its sessions and its addresses stay.</summary>
internal sealed class Restart(GatewayOptions options, IdeState ide, IdeProcess process)
{
    internal IResult Answer(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";

        // Of every other method, because a link or an image must not be able to do it.
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            return Refusal.Of(context.Request, StatusCodes.Status405MethodNotAllowed, "Only by POST", "Send a POST.");
        }

        if (options.IdeUrl is not null)
        {
            return Refusal.Of(
                context.Request,
                StatusCodes.Status409Conflict,
                "Not the gateway's",
                "This IDE server was not started by the gateway (WAIIDE_IDE_URL is set), so the gateway cannot start it again. Whoever runs it can; under the AppHost that is the resource \"ide\".");
        }

        var restarts = ide.Now.Restarts;
        if (!process.Restart())
        {
            return Refusal.Of(
                context.Request, StatusCodes.Status503ServiceUnavailable, "Not now", "This server is just starting or stopping, and its IDE server with it. There is nothing to start again.");
        }

        // A form, where there are no scripts: back to the page, which shows how it goes.
        if (context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.Location = options.Prefix;
            return TypedResults.StatusCode(StatusCodes.Status303SeeOther);
        }

        context.Response.Headers.RetryAfter = "1";
        return JsonAnswer.Of(
            new JsonObject
            {
                ["status"] = StatusCodes.Status202Accepted,
                ["message"] = "The IDE server starts again. Ask the address in \"poll\" until ide.restarts is above the number given here and services.WAIIDE.status is \"running\".",
                ["restarts"] = restarts,
                ["poll"] = options.Prefix + "api/status",
            },
            StatusCodes.Status202Accepted);
    }
}
