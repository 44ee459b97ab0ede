using System.Globalization;
using Aspire.Dashboard.Otlp.Protocol;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Aspire.Dashboard.Otlp;

/// <summary>Answers in the encoding of the request, refusals as a Status message (https://opentelemetry.io/docs/specs/otlp/#otlphttp-response).</summary>
internal static class OtlpAnswer
{
    public const string Protobuf = "application/x-protobuf";
    public const string Json = "application/json";

    /// <summary>The media type of the request, without parameters.</summary>
    public static string MediaType(HttpRequest request) => (request.ContentType ?? "").Split(';', 2)[0].Trim().ToLowerInvariant();

    public static Task WriteAsync(HttpContext context, int status, IMessage message)
    {
        var isJson = MediaType(context.Request) == Json;
        var bytes = isJson ? OtlpJsonWriter.Write(message) : message.ToByteArray();
        context.Response.StatusCode = status;
        context.Response.ContentType = isJson ? Json : Protobuf;
        context.Response.ContentLength = bytes.Length;
        return context.Response.Body.WriteAsync(bytes, context.RequestAborted).AsTask();
    }

    /// <summary>Says no, and when to come again if that helps.</summary>
    public static Task RefuseAsync(HttpContext context, OtlpRefusal refusal)
    {
        if (refusal.RetryAfter is { } pause)
        {
            context.Response.Headers.RetryAfter = pause.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        }

        return WriteAsync(context, refusal.Status, new Status { Code = refusal.Code, Message = refusal.Message });
    }
}

/// <summary>Why a request is not taken. The code is gRPC's for the same (https://grpc.io/docs/guides/status-codes/).</summary>
internal sealed class OtlpRefusal(int status, int code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public int Code { get; } = code;

    public TimeSpan? RetryAfter { get; private init; }

    public static OtlpRefusal Unauthenticated => new(StatusCodes.Status401Unauthorized, 16, "The header x-otlp-api-key is missing or is not the key of this run.");

    public static OtlpRefusal FromBrowser => new(StatusCodes.Status403Forbidden, 7, "Telemetry from web pages is not taken: there is no setting of allowed origins.");

    public static OtlpRefusal TooLate => new(StatusCodes.Status408RequestTimeout, 4, "The request's body did not arrive in time.");

    public static OtlpRefusal TooMany => new(StatusCodes.Status429TooManyRequests, 8, "Too many requests at once.") { RetryAfter = TimeSpan.FromSeconds(1) };

    public static OtlpRefusal Ending => new(StatusCodes.Status503ServiceUnavailable, 14, "The dashboard is stopping.") { RetryAfter = TimeSpan.FromSeconds(5) };

    public static OtlpRefusal BadBody(string reason) => new(StatusCodes.Status400BadRequest, 3, reason);

    public static OtlpRefusal TooLarge(string reason) => new(StatusCodes.Status413PayloadTooLarge, 8, reason);

    public static OtlpRefusal Unsupported(string reason) => new(StatusCodes.Status415UnsupportedMediaType, 3, reason);
}
