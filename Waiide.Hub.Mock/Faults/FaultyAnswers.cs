using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using Waiide.Hub.Mock.Pages;

namespace Waiide.Hub.Mock.Faults;

/// <summary>Outermost: what goes wrong with a request before and after anything else looks at it. The API for faults is spared, so that they can be ended.</summary>
internal sealed class FaultyAnswers(RequestDelegate next, HubOptions options, FaultList faults)
{
    private readonly string _api = options.HubPrefix + "api";

    public async Task InvokeAsync(HttpContext context)
    {
        var path = context.RawPath();
        if (path == _api + "/faults" || path.StartsWith(_api + "/faults/", StringComparison.Ordinal))
        {
            await next(context);
            return;
        }

        context.Response.OnStarting(() => DisguiseAsync(context, path));
        var isFront = context.Connection.LocalPort == options.FrontPort;
        if (faults.Active(FaultKind.Unreachable).FirstOrDefault(active => active.Fault.Text("how") == "silent" && active.Fault.IsAt(isFront)) is { } silence)
        {
            await KeepSilentAsync(context, silence);
            return;
        }

        var slow = Striking(FaultKind.Slow);
        var error = Striking(FaultKind.Error);
        var cut = Striking(FaultKind.Cut);
        if (slow?.Seconds("delay") is { } delay)
        {
            await Task.Delay(delay, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await ShapeAsync(context, slow, cut, () => error is not null ? SayAsync(context, path, (int)(error.Number("status") ?? StatusCodes.Status503ServiceUnavailable))
            : faults.Version is { } version && HttpMethods.IsGet(context.Request.Method) && (path == _api || path == _api + "/") ? TellAsync(context, version)
            : next(context));

        Fault? Striking(FaultKind kind) =>
            faults.Active(kind).FirstOrDefault(active => active.Fault.IsAt(isFront) && active.Fault.IsAbout(path, options.HubPrefix) && active.Strikes())?.Fault;
    }

    // Until the fault is over or the client has had enough; then the connection goes, as it does when a machine comes back that knows nothing of it.
    private static async Task KeepSilentAsync(HttpContext context, ActiveFault silence)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Ended, context.RequestAborted);
        await Task.Delay(Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
    }

    private static async Task ShapeAsync(HttpContext context, Fault? slow, Fault? cut, Func<Task> answer)
    {
        var rate = (int?)slow?.Number("rate");
        if (rate is null && cut is null)
        {
            await answer();
            return;
        }

        var whole = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        var body = rate is { } bytesPerSecond ? ShapedBody.Slow(whole.Stream, bytesPerSecond) : whole.Stream;
        if (cut is not null)
        {
            body = ShapedBody.Cut(body, (int?)cut.Number("bytes"), () => CutAsync(context));
        }

        var shaped = new StreamResponseBodyFeature(body, whole);
        context.Features.Set<IHttpResponseBodyFeature>(shaped);
        await answer();
        if (!context.RequestAborted.IsCancellationRequested)
        {
            await shaped.CompleteAsync();
        }

        if (cut is not null)
        {
            await CutAsync(context); // There was less to say than was let through.
        }
    }

    private static async Task CutAsync(HttpContext context)
    {
        // What has been written is on its way, and would be thrown away with the connection.
        await Task.Delay(TimeSpan.FromMilliseconds(100), context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
    }

    // In the shape of the hub's own errors: programs see JSON, people a page.
    private Task SayAsync(HttpContext context, string path, int status)
    {
        const string message = "The hub was told to fail (a fault, see its docs).";
        context.Response.Headers["X-JupyterHub-Version"] = options.Profile.Version;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.ContentSecurityPolicy = $"frame-ancestors 'none'; {Layout.ContentSecurity}";
        var answer = HubPaths.IsApi(options, path) ? Answer.Json(new JsonObject { ["status"] = status, ["message"] = message }, status) : Answer.Page(ErrorPage.Of(status, message, options), status);
        return answer.ExecuteAsync(context);
    }

    private static Task TellAsync(HttpContext context, string version)
    {
        context.Response.Headers["X-JupyterHub-Version"] = version;
        context.Response.Headers.AccessControlAllowOrigin = "*";
        return Answer.Json(new JsonObject { ["version"] = version }).ExecuteAsync(context);
    }

    private Task DisguiseAsync(HttpContext context, string path)
    {
        var headers = context.Response.Headers;
        if (faults.ClockSkew is var skew && skew != TimeSpan.Zero && headers.Date.Count == 0)
        {
            headers.Date = (DateTimeOffset.UtcNow + skew).ToString("R", CultureInfo.InvariantCulture);
        }

        // A server's answer through the front has a version of its own.
        if (faults.Version is { } version && path.StartsWith(options.HubPrefix, StringComparison.Ordinal))
        {
            headers["X-JupyterHub-Version"] = version;
        }

        return Task.CompletedTask;
    }
}
