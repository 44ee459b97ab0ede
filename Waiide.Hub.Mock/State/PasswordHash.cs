using System.Security.Cryptography;

namespace Waiide.Hub.Mock.State;

/// <summary>A password that can be compared but not read (PBKDF2, SHA-256).</summary>
internal sealed class PasswordHash
{
    private const int Iterations = 100_000;

    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(16);
    private readonly byte[] _hash;

    public PasswordHash(string password) => _hash = Derive(password);

    /// <summary>What unknown names are compared with, so that they take as long as known ones.</summary>
    public static PasswordHash OfNobody { get; } = new(Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));

    public bool Is(string password) => CryptographicOperations.FixedTimeEquals(_hash, Derive(password));

    private byte[] Derive(string password) => Rfc2898DeriveBytes.Pbkdf2(password, _salt, Iterations, HashAlgorithmName.SHA256, 32);
}
