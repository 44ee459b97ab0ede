using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Waiide.Gateway.Ide;
using Waiide.ServiceDefaults;
using Waiide.ServiceDefaults.Metrics;

namespace Waiide.Gateway.Api;

/// <summary>The gateway's own endpoints; everything under /api/ is ours and never reaches the IDE.</summary>
internal static class ApiEndpoints
{
    private static readonly string[] GetOrHead = [HttpMethods.Get, HttpMethods.Head];

    internal static void AddApi(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<StatusReport>();
        builder.Services.AddSingleton<Notices>();
        builder.Services.AddSingleton<EndedConnectionsFile>();
        builder.Services.AddSingleton<Connections>();
        builder.Services.AddSingleton<GatewayMetrics>();
        builder.Services.AddSingleton(services => new MetricsPage(services.GetRequiredService<IMeterFactory>(), services.GetRequiredService<ILogger<MetricsPage>>(), GatewayMetrics.MeterName));
        builder.Services.AddSingleton<NoticeBoard>();
        builder.Services.AddSingleton<Restart>();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default));
        builder.Services.AddHealthChecks().AddCheck<IdeHealth>("ide");
    }

    internal static void MapApi(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<GatewayOptions>();
        _ = app.Services.GetRequiredService<IdeGauges>(); // There as soon as somebody asks.
        app.MapMethods("/metrics", GetOrHead, app.Services.GetRequiredService<MetricsPage>().Answer).RequireAuthorization(Access.Monitors).DisableHttpMetrics().WithoutTrace();
        var api = app.MapGroup("/api");

        // What hubs from 5.0 on ask for until it answers, without a credential and without the slash.
        api.MapMethods("/", GetOrHead, (HttpContext context) => Index(context, options, app)).AllowAnonymous().WithoutTrace();
        api.MapMethods("/status", GetOrHead, app.Services.GetRequiredService<StatusReport>().Get).AllowAnonymous().WithMetadata(AsksWhoItIs.Mark);
        api.MapMethods("/health", GetOrHead, (HttpContext context, HealthCheckService checks) => HealthEndpoints.Answer(context, checks)).RequireAuthorization(Access.Users);
        api.MapMethods("/notices", GetOrHead, app.Services.GetRequiredService<NoticeBoard>().Get).RequireAuthorization(Access.Users).WithoutTrace();
        api.MapMethods("/workbench.js", GetOrHead, NoticeBoard.Script).RequireAuthorization(Access.Users).IsMoreThanTheIde(options);
        api.MapPost("/journey", WorkbenchReady.Tell).RequireAuthorization(Access.Users).WithMetadata(new LongestBody(WorkbenchReady.LongestBody)).IsMoreThanTheIde(options);
        api.Map("/restart", app.Services.GetRequiredService<Restart>().Answer).RequireAuthorization(Access.Administrators);
        api.Map("/{**unknown}", IResult () => JsonAnswer.Of(new JsonObject { ["status"] = 404, ["message"] = "There is no such endpoint." }, StatusCodes.Status404NotFound)).RequireAuthorization(Access.Users);
    }

    private static IResult Index(HttpContext context, GatewayOptions options, WebApplication app) =>
        options.Hub is null && context.Request.Path.Value!.EndsWith('/')
            ? JsonAnswer.Of(new JsonObject { ["version"] = CommandLine.Version, ["endpoints"] = EndpointList.PathsOf(app).ToJsonArray(path => options.Prefix + path) })
            : JsonAnswer.Of(new JsonObject { ["version"] = CommandLine.Version });
}
