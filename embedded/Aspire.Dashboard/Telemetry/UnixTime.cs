using System.Globalization;

namespace Aspire.Dashboard.Telemetry;

/// <summary>Nanoseconds since 1970, as the protocol counts, and as people read them.</summary>
internal static class UnixTime
{
    public static ulong Now => Of(DateTime.UtcNow);

    public static ulong Of(DateTime utc) => (ulong)(utc - DateTime.UnixEpoch).Ticks * 100;

    public static DateTime Utc(ulong nanoseconds) => DateTime.UnixEpoch.AddTicks((long)Math.Min(nanoseconds / 100, (ulong)(DateTime.MaxValue - DateTime.UnixEpoch).Ticks));

    /// <summary>14:03:07.123, in the zone of this machine, which is also the reader's.</summary>
    public static string Clock(ulong nanoseconds) => Utc(nanoseconds).ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>2026-03-01 14:03:07.123.</summary>
    public static string Full(ulong nanoseconds) => Utc(nanoseconds).ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>850 ns, 12.3 µs, 4.56 ms, 1.23 s, 2m 5s, 1h 3m.</summary>
    public static string Duration(ulong nanoseconds) => nanoseconds switch
    {
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds} ns"),
        < 1_000_000 => Three(nanoseconds / 1e3, "µs"),
        < 1_000_000_000 => Three(nanoseconds / 1e6, "ms"),
        < 60_000_000_000 => Three(nanoseconds / 1e9, "s"),
        < 3_600_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 60_000_000_000}m {nanoseconds / 1_000_000_000 % 60}s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 3_600_000_000_000}h {nanoseconds / 60_000_000_000 % 60}m"),
    };

    public static string Between(ulong from, ulong until) => Duration(until > from ? until - from : 0);

    private static string Three(double value, string unit) => value switch
    {
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{value:0.##} {unit}"),
        < 100 => string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {unit}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value:0} {unit}"),
    };
}
