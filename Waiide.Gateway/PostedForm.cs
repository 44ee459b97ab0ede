using System.IO.Pipelines;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Waiide.Gateway;

/// <summary>The form of a POST, as a page of ours sends it: application/x-www-form-urlencoded.</summary>
internal static class PostedForm
{
    /// <summary>Whether the request says that it has one.</summary>
    internal static bool IsOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Its fields; throws <see cref="InvalidDataException"/> for a malformed one and <see cref="BadHttpRequestException"/> for one that is too large or too slow. It is read through a stream:
    /// ReadFormAsync gives up a bad form in the middle of a read of the connection's own pipe, and Kestrel then trips over that read and logs a failure that anybody could cause.
    /// </summary>
    internal static async Task<IFormCollection> ReadAsync(HttpContext context) =>
        new FormCollection(await new FormPipeReader(PipeReader.Create(context.Request.Body)).ReadFormAsync(context.RequestAborted));
}
