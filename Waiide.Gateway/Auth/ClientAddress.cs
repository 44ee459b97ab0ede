using System.Net;
using System.Net.Sockets;

namespace Waiide.Gateway.Auth;

/// <summary>Where a request comes from, as far as it can be believed.</summary>
internal static class ClientAddress
{
    internal static string Of(HttpContext context, IReadOnlyList<IPNetwork> trustedProxies) =>
        Of(context.Connection.RemoteIpAddress, context.Request.Headers["X-Forwarded-For"].ToString(), trustedProxies);

    /// <summary>The peer's address; where that is a trusted proxy, the last one in X-Forwarded-For that is none. What a client has written before it counts for nothing.</summary>
    internal static string Of(IPAddress? peer, string forwardedFor, IReadOnlyList<IPNetwork> trustedProxies)
    {
        foreach (var said in forwardedFor.Split(',', StringSplitOptions.TrimEntries).Reverse())
        {
            if (!PublicScheme.IsTrusted(trustedProxies, peer) || !IPEndPoint.TryParse(said, out var before))
            {
                break;
            }

            peer = before.Address; // Some proxies add the port: 203.0.113.9:1234, [2001:db8::1]:1234.
        }

        return peer is null ? "unknown" : Text(peer);
    }

    // A customer has as many IPv6 addresses as a /64 holds.
    private static string Text(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString()
        : address.AddressFamily == AddressFamily.InterNetworkV6 ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8))
        : address.ToString();
}
