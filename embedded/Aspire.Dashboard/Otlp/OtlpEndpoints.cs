using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aspire.Dashboard.Otlp;

/// <summary>OTLP by HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp).</summary>
internal static class OtlpEndpoints
{
    public static void UseApiKey(this WebApplication app, DashboardOptions options) => app.Use((context, next) =>
    {
        if (options.OtlpApiKey is not { } key || context.Request.Headers["x-otlp-api-key"] is [{ } given] && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(key)))
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    });

    public static void MapOtlp(this IEndpointRouteBuilder routes)
    {
        foreach (var signal in (string[])["logs", "traces", "metrics"])
        {
            routes.MapPost("/v1/" + signal, () => Results.Bytes([], "application/x-protobuf"));
        }
    }
}
