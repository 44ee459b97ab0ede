using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Waiide.Hub.Mock.OAuth;

/// <summary>Proof that the token request comes from whoever asked for the code (RFC 7636). Only S256: "plain" would show the secret in the URL.</summary>
internal static class Pkce
{
    private const string Method = "S256";

    /// <summary>Whether a request may name this method; a hub that does not look at challenges takes all that RFC 7636 has.</summary>
    public static bool Takes(string? method, VersionProfile profile) => method == Method || (!profile.EnforcesPkce && method is null or "plain");

    /// <summary>Whether this is a challenge or a verifier at all: 43 to 128 unreserved characters.</summary>
    public static bool IsWellFormed(string text) =>
        text.Length is >= 43 and <= 128 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_' or '~');

    public static bool Meets(string verifier, string challenge) => IsWellFormed(verifier) && CryptographicOperations.FixedTimeEquals(
        Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))),
        Encoding.ASCII.GetBytes(challenge));
}
