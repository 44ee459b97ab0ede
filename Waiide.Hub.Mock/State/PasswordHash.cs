using System.Globalization;
using System.Security.Cryptography;

namespace Waiide.Hub.Mock.State;

/// <summary>A password that can be compared but not read: PBKDF2 with its parameters, written as pbkdf2-sha256$iterations$salt$hash.</summary>
internal sealed class PasswordHash
{
    private const string Name = "pbkdf2-sha256";
    private const int IterationsNow = 100_000;

    // Hashing is slow on purpose. However many sign in at once, half of the processors are left to everybody else.
    private static readonly SemaphoreSlim Turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    // And no more wait for their turn than are done within a few seconds.
    private const int MostWaiting = 64;
    private static int _waiting;

    private readonly int _iterations;
    private readonly byte[] _salt;
    private readonly byte[] _hash;

    public PasswordHash(string password)
    {
        _iterations = IterationsNow;
        _salt = RandomNumberGenerator.GetBytes(16);
        _hash = Derive(password);
    }

    private PasswordHash(int iterations, byte[] salt, byte[] hash) => (_iterations, _salt, _hash) = (iterations, salt, hash);

    /// <summary>What unknown names are compared with, so that they take as long as known ones.</summary>
    public static PasswordHash OfNobody { get; } = new(Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>Reads what <see cref="ToString"/> wrote, with the parameters of its time.</summary>
    public static PasswordHash Parse(string text) => text.Split('$') is [Name, var iterations, var salt, var hash]
        ? new PasswordHash(int.Parse(iterations, NumberStyles.None, CultureInfo.InvariantCulture), Convert.FromBase64String(salt), Convert.FromBase64String(hash))
        : throw new FormatException("This is no password hash that this hub knows.");

    /// <summary>Whether so many wait for <see cref="IsAsync"/> that a further one had better come back later.</summary>
    public static bool IsBusy => Volatile.Read(ref _waiting) >= MostWaiting;

    public bool Is(string password) => CryptographicOperations.FixedTimeEquals(_hash, Derive(password));

    /// <summary>The same for requests, which wait for their turn.</summary>
    public async Task<bool> IsAsync(string password, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await Turns.WaitAsync(cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        try
        {
            return Is(password);
        }
        finally
        {
            Turns.Release();
        }
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}${_iterations}${Convert.ToBase64String(_salt)}${Convert.ToBase64String(_hash)}");

    private byte[] Derive(string password) => Rfc2898DeriveBytes.Pbkdf2(password, _salt, _iterations, HashAlgorithmName.SHA256, 32);
}
