using Microsoft.AspNetCore.WebUtilities;

namespace Waiide.Gateway;

/// <summary>The form of a POST (application/x-www-form-urlencoded).</summary>
internal static class PostedForm
{
    /// <summary>
    /// Its fields; throws <see cref="InvalidDataException"/> for a malformed one and <see cref="BadHttpRequestException"/> for one that is too large or too slow. It is read as a stream:
    /// ReadFormAsync gives up a bad form in the middle of a read of the connection's pipe, and Kestrel then trips over that read and logs a failure that anybody could cause.
    /// </summary>
    internal static async Task<IFormCollection> ReadAsync(HttpContext context)
    {
        using var reader = new FormReader(context.Request.Body);
        return new FormCollection(await reader.ReadFormAsync(context.RequestAborted));
    }
}
