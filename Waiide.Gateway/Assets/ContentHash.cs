using System.Buffers;
using System.Security.Cryptography;

namespace Waiide.Gateway.Assets;

/// <summary>The SHA-256 of what a stream has, of which nobody knows beforehand how much that is.</summary>
internal static class ContentHash
{
    internal const long Longest = 64 << 20;

    /// <summary>Of what is longer than <see cref="Longest"/> only the beginning is read; <c>Length</c> says it.</summary>
    internal static async Task<(string Hash, long Length)> OfAsync(Stream content, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var length = 0L;
            while (length <= Longest && await content.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                hash.AppendData(buffer, 0, count);
                length += count;
            }

            return (Convert.ToHexStringLower(hash.GetHashAndReset()), length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
