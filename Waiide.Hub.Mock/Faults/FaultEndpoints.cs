using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Api;
using Waiide.Hub.Mock.Auth;

namespace Waiide.Hub.Mock.Faults;

/// <summary>Where faults are begun, seen and ended at run time: {hub}api/faults. Not there unless Hub:Faults:Enabled.</summary>
internal static class FaultEndpoints
{
    // Of an administrator: the hub's clock set back brings back what has ended.
    private const string Scope = "admin:users";

    public static void Map(IEndpointRouteBuilder routes, HubOptions options)
    {
        var faults = options.HubPrefix + "api/faults";
        routes.MapGet(faults, List).ForAnyCaller().SparedFromFaults();
        routes.MapDelete(faults, EndAll).ForAnyCaller().SparedFromFaults();
        routes.MapGet(faults + "/{name}", Get).ForAnyCaller().SparedFromFaults();
        routes.MapPut(faults + "/{name}", Put).ForAnyCaller().SparedFromFaults();
        routes.MapDelete(faults + "/{name}", End).ForAnyCaller().SparedFromFaults();
    }

    private static Answer List(HttpContext context, FaultList faults)
    {
        Check(context);
        return Answer.Json(new JsonArray([.. faults.All.Select(active => active.ToJson())]));
    }

    private static Answer Get(HttpContext context, FaultList faults, string name)
    {
        Check(context);
        return Answer.Json((faults.Find(name) ?? throw Unknown(name)).ToJson());
    }

    private static async Task<Answer> Put(HttpContext context, FaultList faults, FaultEffects effects, string name)
    {
        Check(context);
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in await JsonBody.ReadAsync(context) switch
        {
            null => [],
            JsonObject given => given,
            _ => throw new HubError(StatusCodes.Status400BadRequest, "body must be a json dict"),
        })
        {
            settings[key] = value switch
            {
                JsonArray list => string.Join(',', list.Select(item => item?.ToString() ?? "")),
                _ => value?.ToString() ?? "",
            };
        }

        var mistakes = new List<string>();
        var fault = FaultReader.Read(name, settings, key => key, mistakes);
        if (fault is null)
        {
            throw new HubError(StatusCodes.Status400BadRequest, string.Join(' ', mistakes));
        }

        var isNew = faults.Find(name) is null;
        return Answer.Json(effects.Begin(fault, context).ToJson(), isNew ? StatusCodes.Status201Created : StatusCodes.Status200OK);
    }

    private static Answer End(HttpContext context, FaultList faults, string name)
    {
        Check(context);
        return faults.Forget(name) ? Answer.Empty(StatusCodes.Status204NoContent, contentType: null) : throw Unknown(name);
    }

    private static Answer EndAll(HttpContext context, FaultList faults)
    {
        Check(context);
        foreach (var active in faults.All)
        {
            faults.Forget(active.Fault.Name);
        }

        return Answer.Empty(StatusCodes.Status204NoContent, contentType: null);
    }

    // A token only: no page of the hub, and none that a browser is led to, has any business here.
    private static void Check(HttpContext context)
    {
        var caller = context.Caller();
        if (caller.Token is null || !caller.Owner.IsAdmin || !caller.Scopes.Contains(Scope))
        {
            throw new HubError(StatusCodes.Status403Forbidden, $"Action is not authorized with current scopes; requires any of [{Scope}]");
        }
    }

    private static HubError Unknown(string name) => new(StatusCodes.Status404NotFound, $"No such fault: {new LogText(name)}");
}
