using System.Buffers;
using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Waiide.Gateway.Assets;

/// <summary>Compresses as well as is worth it, while others have the processor, too.</summary>
internal static class PacedBrotli
{
    // Measured with VS Code's workbench.js, 19.3 MB: the IDE server's own compression makes 4.7 MB of it in 0.4 s; 9 makes 4.1 MB in 4 s, 10 makes 3.7 MB in 19 s.
    private const int Quality = 9;

    // 16 MB: a second copy of something is found wherever the first was.
    private const int Window = 24;

    private const int Piece = 64 * 1024;

    /// <summary>Returns the hash of what was read, the count of its bytes and of those that were written.</summary>
    /// <param name="share">Of one processor, at most: 0.5 rests as long as it works.</param>
    internal static async Task<(string Hash, long Read, long Written)> CompressAsync(Stream from, Stream to, double share, CancellationToken cancellationToken)
    {
        var (input, output) = (ArrayPool<byte>.Shared.Rent(Piece), ArrayPool<byte>.Shared.Rent(Piece));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var brotli = new Work();
        try
        {
            var (read, written) = (0L, 0L);
            while (true)
            {
                var count = await from.ReadAtLeastAsync(input.AsMemory(0, Piece), Piece, throwOnEndOfStream: false, cancellationToken);
                hash.AppendData(input, 0, count);
                read += count;
                var (at, isLast, clock) = (0, count < Piece, Stopwatch.GetTimestamp());
                OperationStatus status;
                do
                {
                    status = brotli.Encoder.Compress(input.AsSpan(at, count - at), output.AsSpan(0, Piece), out var consumed, out var made, isLast);
                    at += consumed;
                    written += made;
                    await to.WriteAsync(output.AsMemory(0, made), cancellationToken);
                }
                while (status == OperationStatus.DestinationTooSmall || at < count);

                if (isLast)
                {
                    return (Convert.ToHexStringLower(hash.GetHashAndReset()), read, written);
                }

                await Task.Delay(Stopwatch.GetElapsedTime(clock) * ((1 / share) - 1), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input);
            ArrayPool<byte>.Shared.Return(output);
        }
    }

    // A BrotliEncoder is a struct, and must not be copied.
    private sealed class Work : IDisposable
    {
        public BrotliEncoder Encoder = new(Quality, Window);

        public void Dispose() => Encoder.Dispose();
    }
}
