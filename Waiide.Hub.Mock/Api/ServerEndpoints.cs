using System.Text;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.Servers;
using Waiide.Hub.Mock.State;
using Waiide.ServiceDefaults;

namespace Waiide.Hub.Mock.Api;

/// <summary>A user's servers: started, stopped, removed, and watched while they start.</summary>
internal static class ServerEndpoints
{
    // Proxies close connections that are quiet for long.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(8);

    // They are kept for each server.
    private const int LongestUserOptions = 64 * 1024;

    public static void MapServers(this IEndpointRouteBuilder routes, HubOptions options)
    {
        var user = options.HubPrefix + "api/users/{user}";

        // "servers/" without a name is the default server too.
        foreach (var server in new[] { "/server", "/servers/", "/servers/{server}" })
        {
            routes.MapPost(user + server, Start).ForScopes("servers");
            routes.MapDelete(user + server, Stop).ForScopes("delete:servers");
        }

        foreach (var server in new[] { "/server", "/servers/{server}" })
        {
            routes.MapGet(user + server + "/progress", Watch).ForScopes("read:servers");
        }
    }

    private static async Task<Answer> Start(HttpContext context, HubOptions options, HubState state, Lifecycle lifecycle, string user)
    {
        var owner = UserEndpoints.Find(state, user);
        var name = ServerName(context, options);
        StartRules.AllowName(name, options);
        if (context.Request.Headers.Cookie.Count > 0)
        {
            Journey.Begin(context); // A button of a page of ours; whoever comes with a token has a trace of their own.
        }

        var userOptions = await JsonBody.ReadAsync(context, LongestUserOptions) as JsonObject ?? [];
        var outcome = await lifecycle.StartAsync(owner, name, userOptions, context.RequestAborted);
        return Answer.Empty(outcome == Outcome.Done ? StatusCodes.Status201Created : StatusCodes.Status202Accepted, "text/plain");
    }

    private static async Task<Answer> Stop(HttpContext context, HubOptions options, HubState state, Lifecycle lifecycle, string user)
    {
        var owner = UserEndpoints.Find(state, user);
        var name = ServerName(context, options);
        var remove = await JsonBody.ReadAsync(context) is JsonObject body && body["remove"] is JsonValue value && value.TryGetValue(out bool wanted) && wanted;
        StartRules.AllowName(name, options);
        if (name.Length == 0 && remove)
        {
            throw new HubError(StatusCodes.Status400BadRequest, "Cannot delete the default server");
        }

        if (!owner.Servers.TryGetValue(name, out var server))
        {
            return name.Length == 0
                ? Stopped(Outcome.Done)
                : throw new HubError(StatusCodes.Status404NotFound, $"{owner.Name} has no server named '{new LogText(name)}'");
        }

        return Stopped(await (remove ? lifecycle.RemoveAsync(server, context.RequestAborted) : lifecycle.StopAsync(server, context.RequestAborted)));
    }

    private static Answer Stopped(Outcome outcome) => outcome == Outcome.Done
        ? Answer.Empty(StatusCodes.Status204NoContent, contentType: null)
        : Answer.Empty(StatusCodes.Status202Accepted, "text/plain");

    private static async Task Watch(HttpContext context, HubOptions options, HubState state, Lifecycle lifecycle, IHostApplicationLifetime lifetime, string user)
    {
        var server = UserEndpoints.Find(state, user).Servers.GetValueOrDefault(ServerName(context, options)) ?? throw new HubError(StatusCodes.Status404NotFound, "Not Found");
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        await using var events = lifecycle.WatchAsync(server, end.Token).GetAsyncEnumerator(end.Token);
        var next = events.MoveNextAsync().AsTask();
        try
        {
            await next; // Here it says that there is nothing to watch: before anything is written.
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-cache";
            if (events.Current.Progress < 100)
            {
                await WriteAsync("\n\n");
            }

            while (await next)
            {
                await WriteAsync($"data: {Json(events.Current, server).ToJsonString()}\n\n");
                next = events.MoveNextAsync().AsTask();
                while (await Task.WhenAny(next, Task.Delay(KeepAlive, end.Token)) != next && !end.IsCancellationRequested)
                {
                    await WriteAsync("\n\n");
                }
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Whoever watched has gone, or the hub is going: the server starts all the same.
        }
        finally
        {
            await end.CancelAsync();
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        async Task WriteAsync(string text)
        {
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), end.Token);
            await context.Response.Body.FlushAsync(end.Token);
        }
    }

    private static JsonObject Json(ProgressEvent step, Server server)
    {
        var json = new JsonObject { ["progress"] = step.Progress };
        if (step.Ready)
        {
            json["ready"] = true;
        }

        if (step.Failed)
        {
            json["failed"] = true;
        }

        json["message"] = step.Message;
        if (step.Ready)
        {
            json["html_message"] = $"Server ready at <a href=\"{server.Prefix}\">{server.Prefix}</a>";
            json["url"] = server.Prefix;
        }

        return json;
    }

    // From the raw path, decoded once: the router would leave %2F as it is, and a name with a slash has an answer of its own.
    private static string ServerName(HttpContext context, HubOptions options)
    {
        var below = context.RawPath()[options.HubPrefix.Length..].Split('/'); // api/users/ada/servers/env-one/progress
        return below[3] == "servers" ? Uri.UnescapeDataString(below[4]) : "";
    }
}
