using System.Globalization;
using Google.Protobuf.Collections;
using Aspire.Dashboard.Otlp.Protocol;

namespace Aspire.Dashboard.Telemetry;

/// <summary>A named value: text, bool, long or double; lists, maps and bytes stay as they came.</summary>
internal readonly record struct Attribute(string Key, object? Value)
{
    public string Text => TextOf(Value);

    /// <summary>About what it takes in memory.</summary>
    public int Bytes => 32 + (Value switch
    {
        string text => 24 + (text.Length * 2),
        AnyValue structured => 64 + (structured.CalculateSize() * 4),
        _ => 24,
    });

    public static string TextOf(object? value) => value switch
    {
        null => "",
        string text => text,
        bool truth => truth ? "true" : "false",
        AnyValue structured => AnyValueText.Of(structured),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>What is kept of what was sent; <paramref name="dropped"/> are those over the limit.</summary>
    public static Attribute[] Of(RepeatedField<KeyValue> pairs, out int dropped)
    {
        dropped = Math.Max(0, pairs.Count - Limits.Attributes);
        if (pairs.Count == 0)
        {
            return [];
        }

        var kept = new Attribute[pairs.Count - dropped];
        for (var index = 0; index < kept.Length; index++)
        {
            kept[index] = new Attribute(Names.Of(pairs[index].Key), ValueOf(pairs[index].Value));
        }

        return kept;
    }

    public static object? ValueOf(AnyValue? value) => value?.ValueCase switch
    {
        null or AnyValue.ValueOneofCase.None => null,
        AnyValue.ValueOneofCase.StringValue => Limits.Cut(value.StringValue),
        AnyValue.ValueOneofCase.BoolValue => value.BoolValue,
        AnyValue.ValueOneofCase.IntValue => value.IntValue,
        AnyValue.ValueOneofCase.DoubleValue => value.DoubleValue,
        _ => value.CalculateSize() <= Limits.ValueLength ? value : AnyValueText.Of(value),
    };
}

/// <summary>Lookups in a handful of attributes.</summary>
internal static class Attributes
{
    public static string? Find(this Attribute[] attributes, string key)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Key == key)
            {
                return attribute.Text;
            }
        }

        return null;
    }

    /// <summary>The first of them, as many as take no more than <paramref name="bytes"/>.</summary>
    public static Attribute[] Within(this Attribute[] attributes, int bytes) => [.. attributes.TakeWhile(attribute => (bytes -= attribute.Bytes) >= 0)];

    public static int Bytes(this Attribute[] attributes)
    {
        var bytes = 0;
        foreach (var attribute in attributes)
        {
            bytes += attribute.Bytes;
        }

        return bytes;
    }
}
