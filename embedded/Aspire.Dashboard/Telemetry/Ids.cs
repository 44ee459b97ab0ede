using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;

namespace Aspire.Dashboard.Telemetry;

/// <summary>The 16 bytes that the spans of a trace have in common; 32 hex digits where it is shown.</summary>
internal readonly record struct TraceId(ulong High, ulong Low)
{
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TraceId id)
    {
        id = bytes.Length == 16 ? new TraceId(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..])) : default;
        return id != default;
    }

    public static bool TryParse(string? text, out TraceId id)
    {
        id = default;
        return text?.Length == 32 && Hex.TryParse(text.AsSpan(0, 16), out var high) && Hex.TryParse(text.AsSpan(16), out var low) && (id = new TraceId(high, low)) != default;
    }

    /// <summary>default where <paramref name="text"/> is no id.</summary>
    public static TraceId OrNone(string? text) => TryParse(text, out var id) ? id : default;

    public ByteString ToBytes()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        return ByteString.CopyFrom(bytes);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");
}

/// <summary>The 8 bytes that name a span within its trace; 16 hex digits where it is shown.</summary>
internal readonly record struct SpanId(ulong Value)
{
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SpanId id)
    {
        id = bytes.Length == 8 ? new SpanId(BinaryPrimitives.ReadUInt64BigEndian(bytes)) : default;
        return id != default;
    }

    public static bool TryParse(string? text, out SpanId id)
    {
        id = default;
        return text?.Length == 16 && Hex.TryParse(text, out var value) && (id = new SpanId(value)) != default;
    }

    /// <summary>default where <paramref name="text"/> is no id.</summary>
    public static SpanId OrNone(string? text) => TryParse(text, out var id) ? id : default;

    public ByteString ToBytes()
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, Value);
        return ByteString.CopyFrom(bytes);
    }

    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}

file static class Hex
{
    public static bool TryParse(ReadOnlySpan<char> text, out ulong value) => ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
