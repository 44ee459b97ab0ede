using System.Buffers.Text;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace Waiide.Gateway.Auth;

/// <summary>Reads what we have encrypted into a cookie.</summary>
internal static class SealedText
{
    /// <summary>
    /// The text in <paramref name="cookie"/>; null where it was changed, has expired, or is of another key. Each has one spelling: decoders pass over spaces, padding and the
    /// last letter's unused bits, and a cookie that can be written in two ways is two cookies to whoever compares them.
    /// </summary>
    internal static string? Open(this ITimeLimitedDataProtector protector, string cookie, out DateTimeOffset expires)
    {
        expires = default;
        try
        {
            return Base64Url.EncodeToString(Base64Url.DecodeFromChars(cookie)) == cookie ? protector.Unprotect(cookie, out expires) : null;
        }
        catch (Exception failure) when (failure is FormatException or CryptographicException)
        {
            return null;
        }
    }
}
