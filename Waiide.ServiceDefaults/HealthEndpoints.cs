using System.Globalization;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Waiide.ServiceDefaults;

/// <summary>GET and HEAD /health (all checks) and /alive (only those tagged "live"): for monitors, container engines and load balancers, hence without a login.</summary>
public static partial class HealthEndpoints
{
    /// <summary>The tag of a check that says whether the process itself still works, whatever it depends on.</summary>
    public const string LiveTag = "live";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps both endpoints under <paramref name="routes"/>. They answer 200 or 503, and name the checks that fail but not why.</summary>
    public static IEndpointRouteBuilder MapHealthEndpoints(this IEndpointRouteBuilder routes)
    {
        Map("/health", _ => true);
        Map("/alive", check => check.Tags.Contains(LiveTag));
        return routes;

        void Map(string path, Func<HealthCheckRegistration, bool> includes) => routes
            // With nothing to bind: what binds arguments is compiled at the start, and the first answer is awaited.
            .MapMethods(path, Methods, async context => await (await Answer(context, context.RequestServices.GetRequiredService<HealthCheckService>(), includes)).ExecuteAsync(context))
            .AllowAnonymous()
            .DisableHttpMetrics()
            .WithoutTrace();
    }

    /// <summary>What /health answers, for an endpoint with another path or policy.</summary>
    public static Task<IResult> Answer(HttpContext context, HealthCheckService checks) => Answer(context, checks, _ => true);

    private static async Task<IResult> Answer(HttpContext context, HealthCheckService checks, Func<HealthCheckRegistration, bool> includes)
    {
        var report = await checks.CheckHealthAsync(includes, context.RequestAborted);
        var failing = report.Entries.Where(check => check.Value.Status == HealthStatus.Unhealthy).Select(check => check.Key).Order(StringComparer.Ordinal).ToArray();

        context.Response.Headers.CacheControl = "no-store";
        return failing.Length == 0
            ? TypedResults.Json(new Health("healthy", Now(), null), HealthJson.Default.Health)
            : TypedResults.Json(new Health("unhealthy", Now(), failing), HealthJson.Default.Health, statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    // 2025-01-26T10:00:00Z
    private static string Now() => DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private sealed record Health(
        string Status,
        string Timestamp,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string[]? Failing);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Health))]
    private sealed partial class HealthJson : JsonSerializerContext;
}
