using System.Security.Cryptography;

namespace Waiide.Tests.Support;

/// <summary>A stream of bytes that never repeats its blocks, so that a lost, doubled or swapped one changes the hash.</summary>
internal static class Blocks
{
    private const int Size = 1 << 16;

    public static async Task Write(Stream stream, long length)
    {
        foreach (var block in Of(length))
        {
            await stream.WriteAsync(block);
        }
    }

    public static string Hash(long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var block in Of(length))
        {
            hash.AppendData(block.Span);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    public static async Task<string> HashOf(Stream stream) => Convert.ToHexString(await SHA256.HashDataAsync(stream));

    private static IEnumerable<ReadOnlyMemory<byte>> Of(long length)
    {
        var block = new byte[Size];
        new Random(1).NextBytes(block);
        for (long at = 0; at < length; at += Size)
        {
            BitConverter.TryWriteBytes(block, at);
            yield return block.AsMemory(0, (int)Math.Min(Size, length - at));
        }
    }
}
