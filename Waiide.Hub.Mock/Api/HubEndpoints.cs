using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Auth;
using Waiide.Hub.Mock.Servers;
using Waiide.Hub.Mock.State;

namespace Waiide.Hub.Mock.Api;

/// <summary>The hub itself: its version, its health, who asks, its services, and its end.</summary>
internal static class HubEndpoints
{
    private static readonly string[] KnownToHubOnly = ["command", "info", "display"];

    public static Answer Version(HubOptions options) => Answer.Json(new JsonObject { ["version"] = options.Profile.Version });

    public static Answer Health() => Answer.Empty(StatusCodes.Status200OK, "text/html");

    public static Answer Info(HubOptions options) => Answer.Json(new JsonObject
    {
        ["version"] = options.Profile.Version,
        ["python"] = RuntimeInformation.FrameworkDescription,
        ["sys_executable"] = Environment.ProcessPath,
        ["spawner"] = Part("LocalProcessSpawner", options),
        ["authenticator"] = Part(options.DummyPassword is null ? "PasswordAuthenticator" : "DummyAuthenticator", options),
    });

    /// <summary>Who asks, with what their token may do: everybody may know that of themselves.</summary>
    public static Answer Self(HttpContext context, HubOptions options, Models models)
    {
        var caller = context.Caller();
        var held = caller.Scopes.Concat(Scopes.Identify(caller.Owner)).ToHashSet(StringComparer.Ordinal);
        var model = caller.Owner is User user ? models.User(user, held, UserEndpoints.IncludesStopped(context.Request)) : models.Service((Service)caller.Owner, held);
        foreach (var key in KnownToHubOnly.Where(model.ContainsKey))
        {
            // Of themselves, services learn only what is in JupyterHub's database.
            model[key] = "";
        }

        if (options.Profile.TellsTokenId)
        {
            model["token_id"] = caller.Token?.Id;
        }

        model["session_id"] = caller.Token?.SessionId;
        model["scopes"] = Models.Names(caller.Granted.Order(StringComparer.Ordinal));
        return Answer.Json(model);
    }

    public static Answer Services(HttpContext context, HubState state, Models models)
    {
        var held = context.Caller().Scopes;
        return Answer.Json(new JsonObject(state.Services
            .Where(service => Scopes.Reach(held, "list:services", "service", service.Name))
            .Select(service => KeyValuePair.Create<string, JsonNode?>(service.Name, models.Service(service, held)))));
    }

    public static Answer Service(HttpContext context, HubState state, Models models, string service) => Answer.Json(models.Service(
        state.FindService(service) ?? throw new HubError(StatusCodes.Status404NotFound, "Not Found"), context.Caller().Scopes));

    /// <summary>Ends the hub as SIGTERM does, after the answer has gone out; with or without its servers, if the request says so.</summary>
    public static async Task<Answer> Shutdown(HttpContext context, Lifecycle lifecycle, IHostApplicationLifetime lifetime)
    {
        if (await JsonBody.ReadAsync(context) is JsonObject body)
        {
            foreach (var part in new[] { "proxy", "servers" })
            {
                if (body.TryGetPropertyValue(part, out var value) && Python.TypeOf(value) != "bool")
                {
                    throw JsonBody.Bad($"{part} must be true or false, got {Python.Repr(value)}");
                }
            }

            lifecycle.EndsServers = body["servers"]?.GetValue<bool>() ?? lifecycle.EndsServers;
        }

        context.Response.OnCompleted(() =>
        {
            lifetime.StopApplication();
            return Task.CompletedTask;
        });
        return Answer.Json(new JsonObject { ["message"] = "Shutting down Hub" }, StatusCodes.Status202Accepted);
    }

    private static JsonObject Part(string name, HubOptions options) => new() { ["class"] = $"waiide.{name}", ["version"] = options.Profile.Version };
}
