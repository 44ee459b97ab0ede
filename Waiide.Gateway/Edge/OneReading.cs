namespace Waiide.Gateway.Edge;

/// <summary>
/// Refuses a request whose end two servers may see in different places, where Kestrel would decide for one of them: whoever stands in front may have decided for
/// the other, and take the rest for the next request.
/// </summary>
internal static class OneReading
{
    internal static void UseOneReading(this WebApplication app) => app.Use((context, next) =>
    {
        if (Objection(context.Request) is not { } objection)
        {
            return next(context);
        }

        context.Response.Headers.Connection = "close";
        return Refusal.Of(context.Request, StatusCodes.Status400BadRequest, "Not understood", objection).ExecuteAsync(context);
    });

    private static string? Objection(HttpRequest request)
    {
        var headers = request.Headers;
        var isChunked = headers.ContainsKey("Transfer-Encoding");

        // https://www.rfc-editor.org/rfc/rfc9112#section-6.1. Kestrel has put the length aside under this name.
        if (isChunked && headers.ContainsKey("X-Content-Length"))
        {
            return "The request has both a Transfer-Encoding and a Content-Length.";
        }

        if (isChunked && HttpProtocol.IsHttp10(request.Protocol))
        {
            return "HTTP/1.0 has no Transfer-Encoding.";
        }

        // What follows an upgrade is no HTTP; a body before it would be the upstream's first words, or its next request.
        return headers.ContainsKey("Upgrade") && (isChunked || request.ContentLength > 0) ? "A request for an upgrade has no body." : null;
    }
}
