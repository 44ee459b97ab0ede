namespace Waiide.Hub.Mock.Faults;

/// <summary>Behind the gate: reports of activity are taken from those who may make them, and forgotten or refused.</summary>
internal sealed class LostActivity(RequestDelegate next, FaultList faults)
{
    public Task InvokeAsync(HttpContext context)
    {
        var isReport = HttpMethods.IsPost(context.Request.Method) && context.GetEndpoint() is RouteEndpoint endpoint
            && endpoint.RoutePattern.RawText!.EndsWith("/users/{user}/activity", StringComparison.Ordinal);
        var user = context.GetRouteValue("user") as string;
        if (!isReport || faults.Active(FaultKind.ActivityLost).FirstOrDefault(active => active.Fault.Text("user") is var only && (only is null || only == user) && active.Strikes()) is not { } lost)
        {
            return next(context);
        }

        return lost.Fault.Number("status") is { } status
            ? throw new HubError((int)status, "The hub was told to refuse reports of activity (a fault, see its docs).")
            : Answer.Empty(StatusCodes.Status200OK, "application/json").ExecuteAsync(context);
    }
}
