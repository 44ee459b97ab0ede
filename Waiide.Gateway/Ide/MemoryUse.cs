using System.Globalization;

namespace Waiide.Gateway.Ide;

/// <summary>How much memory is used of how much, at one moment.</summary>
/// <param name="Used">Bytes.</param>
/// <param name="Limit">Bytes; null: nobody has set one.</param>
/// <param name="LimitFrom">Who has: MEM_LIMIT, or the container.</param>
/// <param name="Processes">The gateway and every process of the run, the largest first.</param>
internal sealed record MemoryUse(long Used, long? Limit, string? LimitFrom, IReadOnlyList<MemoryUse.Process> Processes)
{
    /// <summary>One process: its share of what it has together with others, as far as the kernel tells.</summary>
    internal sealed record Process(int Id, string Name, long Bytes);

    /// <summary>How full it is, from 0 to 1 and beyond.</summary>
    public double Share => Limit is { } limit ? (double)Used / limit : 0;

    /// <summary>Bytes as a person reads them.</summary>
    internal static string InWords(long bytes) =>
        bytes >= 1L << 30 ? string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / (1L << 30):0.0} GB") : string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MB");
}
