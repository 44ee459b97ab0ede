using System.Text.Json.Nodes;

namespace Waiide.Gateway;

/// <summary>A "no" with its reason: a page for a person, JSON for a program.</summary>
internal static class Refusal
{
    /// <summary>The answer to <paramref name="request"/>; <paramref name="moreHtml"/> (already encoded) goes under the sentence on the page.</summary>
    internal static IResult Of(HttpRequest request, int status, string title, string sentence, string moreHtml = "") =>
        Navigation.IsTopLevel(request)
            ? HtmlPage.Of(status, title, $"<p>{HtmlPage.Encode(sentence)}</p>\n{moreHtml}")
            : new Json(status, sentence);

    private sealed class Json(int status, string message) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers.CacheControl = "no-store";
            return JsonAnswer.Of(new JsonObject { ["status"] = status, ["message"] = message }, status).ExecuteAsync(httpContext);
        }
    }
}
