using System.Globalization;

namespace Bench.Upstream;

/// <summary>Bodies of a known size.</summary>
internal static class Content
{
    /// <summary>Bytes that no proxy can make smaller, the same in each run.</summary>
    internal static byte[] OfSize(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }

    internal static Task SendAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = body.Length;
        return context.Response.Body.WriteAsync(body).AsTask();
    }

    internal static async Task SendManyAsync(HttpContext context, byte[] part, int parts)
    {
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = (long)part.Length * parts;
        for (var sent = 0; sent < parts; sent++)
        {
            await context.Response.Body.WriteAsync(part, context.RequestAborted);
        }
    }

    /// <summary>Reads the body, and says how long it was.</summary>
    internal static async Task ReceiveAsync(HttpContext context) => await context.Response.WriteAsync((await DrainAsync(context)).ToString(CultureInfo.InvariantCulture));

    /// <summary>Reads the body, and says that it is taken.</summary>
    internal static Task SwallowAsync(HttpContext context) => DrainAsync(context);

    private static async Task<long> DrainAsync(HttpContext context)
    {
        var total = 0L;
        while (true)
        {
            var result = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
            total += result.Buffer.Length;
            context.Request.BodyReader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return total;
            }
        }
    }
}
