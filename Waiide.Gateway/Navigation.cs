namespace Waiide.Gateway;

/// <summary>Tells a person who opens a page from a program that asks for data: only the first is served by redirects and pages.</summary>
internal static class Navigation
{
    /// <summary>True when the answer to <paramref name="request"/> will be shown as a document, of a tab or of a frame.</summary>
    internal static bool IsDocument(HttpRequest request) =>
        IsTopLevel(request) || (request.Headers["Sec-Fetch-Mode"] == "navigate" && (request.Headers["Sec-Fetch-Dest"].ToString() is "iframe" or "frame"));

    /// <summary>True when the answer to <paramref name="request"/> will be shown as the document of a tab.</summary>
    internal static bool IsTopLevel(HttpRequest request)
    {
        var headers = request.Headers;
        if (!(HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) || headers.ContainsKey("Upgrade") || request.Path.StartsWithSegments("/api"))
        {
            return false;
        }

        // Browsers say it outright, but only to https and localhost: https://www.w3.org/TR/fetch-metadata/.
        if (headers.TryGetValue("Sec-Fetch-Mode", out var mode))
        {
            return mode == "navigate" && (!headers.TryGetValue("Sec-Fetch-Dest", out var destination) || destination == "document");
        }

        var accept = headers.Accept.ToString();
        if (accept.Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            return !headers.ContainsKey("X-Requested-With");
        }

        // "Accept: */*" is what curl sends, and what fetch() sends to plain http; but a script's request tells which page it comes from.
        return (accept.Length == 0 || accept.Contains("*/*", StringComparison.Ordinal))
            && !headers.ContainsKey("X-Requested-With") && !headers.ContainsKey("Referer") && !headers.ContainsKey("Origin");
    }
}
