namespace Aspire.Dashboard.Telemetry;

/// <summary>How much is kept. Counts are those of the real dashboard; the sizes bound what a sender can make of them.</summary>
internal static class Limits
{
    public const int Logs = 10_000;
    public const int Traces = 10_000;
    public const int SpansOfATrace = 10_000;
    public const int PointsOfAResource = 50_000;
    public const int InstrumentsOfAResource = 1_000;
    public const int SeriesOfAnInstrument = 2_000;
    public const int ExemplarsOfAPoint = 8;
    public const int BucketsOfAPoint = 512;
    public const int Resources = 200;
    public const int Attributes = 128;
    public const int EventsOfASpan = 128;
    public const int LinksOfASpan = 128;

    /// <summary>Characters of a value: a long stack trace fits, a file does not.</summary>
    public const int ValueLength = 16 * 1024;

    /// <summary>Characters of a name or a key.</summary>
    public const int NameLength = 512;

    /// <summary>About what all logs may take, all spans, and all metrics; the oldest go first.</summary>
    public const long Bytes = 128 * 1024 * 1024;

    /// <summary>About what the attributes of a resource may take; those that come after are dropped.</summary>
    public const int ResourceBytes = 64 * 1024;

    public static string Cut(string text, int length = ValueLength) => text.Length <= length ? text : string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length), "…");
}
