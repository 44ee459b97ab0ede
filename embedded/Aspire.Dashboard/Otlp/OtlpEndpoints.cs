using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Aspire.Dashboard.Otlp.Intake;
using Aspire.Dashboard.Otlp.Protocol;
using Aspire.Dashboard.Telemetry;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Dashboard.Otlp;

/// <summary>OTLP by HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp).</summary>
internal static class OtlpEndpoints
{
    // Reading a request takes memory and a processor: a few at a time, some in line (whose bodies are not read yet), and others are told to come again.
    private static readonly ConcurrencyLimiterOptions s_atATime = new() { PermitLimit = 4, QueueLimit = 60, QueueProcessingOrder = QueueProcessingOrder.OldestFirst };

    public static void UseApiKey(this WebApplication app, DashboardOptions options) => app.Use((context, next) =>
    {
        // A browser says who asks, the SDKs do not; without this any page could send where no key is asked for (a name that is pointed at this machine makes it the same origin).
        if (context.Request.Headers.Origin.Count > 0)
        {
            return OtlpAnswer.RefuseAsync(context, OtlpRefusal.FromBrowser);
        }

        return options.OtlpApiKey is not { } key || context.Request.Headers["x-otlp-api-key"] is [{ } given] && Equal(given, key)
            ? next(context)
            : OtlpAnswer.RefuseAsync(context, OtlpRefusal.Unauthenticated);
    });

    public static void MapOtlp(this WebApplication app)
    {
        var store = app.Services.GetRequiredService<TelemetryStore>();
        var limiter = new ConcurrencyLimiter(s_atATime);
        app.Lifetime.ApplicationStopped.Register(limiter.Dispose);
        Map<ExportLogsServiceRequest>("logs", request => LogIntake.Take(store, request));
        Map<ExportTraceServiceRequest>("traces", request => TraceIntake.Take(store, request));
        Map<ExportMetricsServiceRequest>("metrics", request => MetricIntake.Take(store, request));

        void Map<T>(string signal, Func<T, IMessage> take)
            where T : IMessage<T>, new() => app.MapPost("/v1/" + signal, context => TakeAsync(context, limiter, app.Lifetime, take));
    }

    private static async Task TakeAsync<T>(HttpContext context, ConcurrencyLimiter limiter, IHostApplicationLifetime lifetime, Func<T, IMessage> take)
        where T : IMessage<T>, new()
    {
        try
        {
            if (lifetime.ApplicationStopping.IsCancellationRequested)
            {
                throw OtlpRefusal.Ending;
            }

            using var turn = await limiter.AcquireAsync(1, context.RequestAborted).ConfigureAwait(false);
            if (!turn.IsAcquired)
            {
                throw OtlpRefusal.TooMany;
            }

            var request = await OtlpBody.ReadAsync<T>(context).ConfigureAwait(false);
            await OtlpAnswer.WriteAsync(context, StatusCodes.Status200OK, take(request)).ConfigureAwait(false);
        }
        catch (OtlpRefusal refusal)
        {
            await OtlpAnswer.RefuseAsync(context, refusal).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The sender has gone; nobody is there to be told.
        }
    }

    private static bool Equal(string given, string key) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
