using System.Security.Cryptography;
using System.Text;

namespace Waiide.Hub.Mock.State;

/// <summary>Random secrets in the shapes that JupyterHub gives them, and the hash under which they are kept.</summary>
internal static class Secrets
{
    private const string LettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private const string Readable = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <summary>API tokens and session ids: 32 hex digits.</summary>
    public static string Hex() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>OAuth codes and access tokens: 30 letters and digits.</summary>
    public static string OAuth() => RandomNumberGenerator.GetString(LettersAndDigits, 30);

    /// <summary>A password for somebody who reads it and types it: four times five letters and digits that are not taken for others, 99 bits.</summary>
    public static string Password() => string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Readable, 5)));

    /// <summary>The key that a secret is found by: looking up a hash tells nothing by its timing.</summary>
    public static string Hash(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
