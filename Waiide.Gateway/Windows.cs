using System.Security.Cryptography;
using System.Text;

namespace Waiide.Gateway;

/// <summary>
/// Which WebSockets are of which window. VS Code makes up a reconnectionToken for each of the two that a window has, says it in their address, and keeps it when it comes back after a loss; the
/// script in its page hears of them and says them when it asks for notices. Who knows a token can take the connection over, so only a digest is kept.
/// </summary>
internal static class Windows
{
    internal const string Header = "Waiide-Window";

    // The script says the last eight.
    private const int Most = 16;

    /// <summary>Those that a request says are its window's; none: it does not know.</summary>
    internal static IReadOnlySet<string> Of(HttpRequest request) =>
        request.Headers[Header].ToString().Split(',', Most + 1, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(Most).Select(Digest).ToHashSet(StringComparer.Ordinal);

    internal static string Digest(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)).AsSpan(0, 16));
}
