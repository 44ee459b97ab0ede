using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Aspire.Dashboard.Front;

/// <summary>What the cookie of a browser that is signed in says: until when, signed with a key that nobody knows and that ends with the run. The token cannot be found out from it.</summary>
internal sealed class Sessions(TimeProvider clock)
{
    public static readonly TimeSpan Length = TimeSpan.FromDays(3);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>Such as 1775000000.5f2a…: the second it ends at, and the signature.</summary>
    public string New() => Signed((clock.GetUtcNow() + Length).ToUnixTimeSeconds());

    public bool IsValid(string cookie) =>
        long.TryParse(cookie.Split('.', 2)[0], NumberStyles.None, CultureInfo.InvariantCulture, out var end)
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(cookie), Encoding.UTF8.GetBytes(Signed(end)))
        && clock.GetUtcNow().ToUnixTimeSeconds() < end;

    private string Signed(long end)
    {
        var text = end.ToString(CultureInfo.InvariantCulture);
        return $"{text}.{Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text)))}";
    }
}
