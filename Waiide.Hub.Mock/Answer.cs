using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Waiide.Hub.Mock.Pages;

namespace Waiide.Hub.Mock;

/// <summary>A whole answer of the hub. Content types have no charset, as JupyterHub's.</summary>
internal sealed class Answer : IResult
{
    private readonly byte[] _body;

    private Answer(int status, string? contentType, string body)
    {
        Status = status;
        ContentType = contentType;
        _body = Encoding.UTF8.GetBytes(body);
    }

    public int Status { get; }

    public string? ContentType { get; }

    public string? Location { get; private init; }

    public static Answer Json(JsonNode body, int status = StatusCodes.Status200OK) => new(status, "application/json", body.ToJsonString());

    public static Answer Page(Html page, int status = StatusCodes.Status200OK) => new(status, "text/html", page.Text);

    public static Answer Text(string text, string contentType) => new(StatusCodes.Status200OK, contentType, text);

    public static Answer Empty(int status, string? contentType) => new(status, contentType, "");

    /// <summary>A redirect within the hub's own paths; whatever comes from outside has been checked before.</summary>
    public static Answer Redirect(string location, int status = StatusCodes.Status302Found) => new(status, "text/html", "") { Location = location };

    public async Task ExecuteAsync(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = Status;
        if (Location is not null)
        {
            response.Headers.Location = Location;
        }

        if (Status == StatusCodes.Status204NoContent)
        {
            return;
        }

        var isReading = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (Status == StatusCodes.Status200OK && isReading)
        {
            var etag = $"\"{Convert.ToHexStringLower(SHA256.HashData(_body))}\"";
            response.Headers.ETag = etag;
            if (context.Request.Headers.IfNoneMatch.ToString().Split(',').Any(known => known.Trim() == "*" || known.Trim() == etag || known.Trim() == "W/" + etag))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        response.ContentType = ContentType;
        response.ContentLength = _body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.Body.WriteAsync(_body, context.RequestAborted);
        }
    }
}
