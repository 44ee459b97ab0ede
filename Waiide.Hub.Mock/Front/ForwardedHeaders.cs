using System.Globalization;

namespace Waiide.Hub.Mock.Front;

/// <summary>The X-Forwarded-* headers as configurable-http-proxy writes them: appended to what came, without a space, but for the host.</summary>
internal static class ForwardedHeaders
{
    public static void Append(HttpContext context, bool isWebSocket)
    {
        var headers = context.Request.Headers;
        var address = context.Connection.RemoteIpAddress;
        Add("X-Forwarded-For", (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString() ?? "");
        Add("X-Forwarded-Port", (context.Request.Host.Port ?? (context.Request.IsHttps ? 443 : 80)).ToString(CultureInfo.InvariantCulture));

        // Its library says ws for WebSockets, and leaves out their host.
        Add("X-Forwarded-Proto", (isWebSocket ? "ws" : "http") + (context.Request.IsHttps ? "s" : ""));
        if (!isWebSocket && headers["X-Forwarded-Host"].Count == 0)
        {
            headers["X-Forwarded-Host"] = headers.Host;
        }

        void Add(string name, string value) => headers[name] = headers[name].Count == 0 ? value : $"{headers[name]},{value}";
    }
}
