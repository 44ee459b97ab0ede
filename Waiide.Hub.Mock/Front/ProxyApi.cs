using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Waiide.Hub.Mock.Front;

/// <summary>
/// The REST API of configurable-http-proxy on Hub:Proxy:ApiPort, answer by answer: GET, POST and DELETE /api/routes[/path]. The hub's own routes are told without
/// the mark "jupyterhub", so that another hub that keeps its routes here leaves them alone.
/// </summary>
internal sealed partial class ProxyApi(RequestDelegate next, HubOptions options, RouteTable routes, TimeProvider clock)
{
    private const string Root = "/api/routes";

    public async Task InvokeAsync(HttpContext context)
    {
        // The port, not the Host header: that is the client's to choose.
        if (context.Connection.LocalPort != options.Proxy.ApiPort)
        {
            await next(context);
            return;
        }

        var path = ProxyTarget.Resolve(context.RawPath());
        if (path != Root && !path.StartsWith(Root + "/", StringComparison.Ordinal))
        {
            await Say(context, StatusCodes.Status404NotFound, "Not Found");
            return;
        }

        try
        {
            await AnswerAsync(context, PercentEncoding.Decode(path[Root.Length..]));
        }
        catch (FormatException error)
        {
            // configurable-http-proxy never answers here.
            await Say(context, StatusCodes.Status400BadRequest, error.Message);
        }
    }

    private async Task AnswerAsync(HttpContext context, string path)
    {
        JsonObject? body = null;
        switch (context.Request.Method)
        {
            case "GET" or "DELETE":
                break;
            case "POST":
                // Read before anyone asks for the token.
                try
                {
                    body = await JsonNode.ParseAsync(context.Request.Body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }, cancellationToken: context.RequestAborted) as JsonObject;
                    break;
                }
                catch (JsonException error)
                {
                    await Say(context, StatusCodes.Status400BadRequest, "Body not valid JSON: " + error.Message);
                    return;
                }

            default:
                await Say(context, StatusCodes.Status405MethodNotAllowed, "Method not supported");
                return;
        }

        if (!IsAuthorized(context.Request))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        await (context.Request.Method switch
        {
            "POST" => AddAsync(context, path, body),
            "DELETE" => RemoveAsync(context, path),
            _ when path is "" or "/" => ListAsync(context),
            _ => TellAsync(context, path),
        });
    }

    private Task AddAsync(HttpContext context, string path, JsonObject? body)
    {
        if (body?["target"] is not JsonValue value || !value.TryGetValue(out string? target))
        {
            return Say(context, StatusCodes.Status400BadRequest, "Must specify 'target' as string");
        }

        body.Remove("target");
        routes.Add(new FrontRoute(Clean(path), target, body, IsHubs: false, clock.GetUtcNow()));
        context.Response.StatusCode = StatusCodes.Status201Created;
        return Task.CompletedTask;
    }

    private Task RemoveAsync(HttpContext context, string path)
    {
        // Without any path configurable-http-proxy never answers; the default route has the path "/".
        var route = path.Length == 0 ? null : routes.Get(path);
        if (route is not null)
        {
            routes.Remove(route);
        }

        context.Response.StatusCode = route is null ? StatusCodes.Status404NotFound : StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Task TellAsync(HttpContext context, string path)
    {
        if (routes.Get(path) is { } route)
        {
            return Answer.Json(Model(route)).ExecuteAsync(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var since = query["inactiveSince"].FirstOrDefault() is { Length: > 0 } given ? given : query["inactive_since"].FirstOrDefault();
        DateTimeOffset? moment = null;
        if (!string.IsNullOrEmpty(since))
        {
            // A date alone is UTC, in JavaScript; with a time it is local.
            var zone = since.Contains(':') ? DateTimeStyles.AssumeLocal : DateTimeStyles.AssumeUniversal;
            if (!DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, zone, out var parsed))
            {
                return Say(context, StatusCodes.Status400BadRequest, $"Invalid datestamp '{new LogText(since)}' must be ISO8601.");
            }

            moment = parsed;
        }

        return Answer.Json(new JsonObject(routes.All.Where(route => moment is null || route.LastActivity.Latest < moment).Select(route => KeyValuePair.Create<string, JsonNode?>(route.Path, Model(route)))))
            .ExecuteAsync(context);
    }

    private static JsonObject Model(FrontRoute route)
    {
        var model = (JsonObject)route.Data.DeepClone();
        model["target"] = route.Target;
        model["last_activity"] = route.LastActivity.Latest!.Value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        return model;
    }

    // A slash at the start, and one less at the end.
    private static string Clean(string path) => path.Length > 1 && path.EndsWith('/') ? path[..^1] : path.Length == 0 ? "/" : path;

    private bool IsAuthorized(HttpRequest request)
    {
        var token = Token().Match(request.Headers.Authorization.FirstOrDefault() ?? "");
        return token.Success && System.Security.Cryptography.CryptographicOperations.FixedTimeEquals(Hash(token.Groups[1].Value), Hash(options.Proxy.AuthToken!));
    }

    // Of one length, so that the comparison tells nothing.
    private static byte[] Hash(string token) => System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token));

    private static Task Say(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync(message, context.RequestAborted);
    }

    [GeneratedRegex(@"token\s+(\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
