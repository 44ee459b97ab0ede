using System.Collections;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Aspire.Dashboard.Otlp;

/// <summary>Writes a message of the protocol as its JSON. What has its default is left out.</summary>
internal static class OtlpJsonWriter
{
    public static byte[] Write(IMessage message)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { MaxDepth = 256 }))
        {
            Write(writer, message);
        }

        return bytes.ToArray();
    }

    public static void Write(Utf8JsonWriter writer, IMessage message)
    {
        writer.WriteStartObject();
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            var value = field.Accessor.GetValue(message);
            if (value is IList list)
            {
                if (list.Count > 0)
                {
                    writer.WriteStartArray(field.JsonName);
                    foreach (var item in list)
                    {
                        WriteValue(writer, field, item);
                    }

                    writer.WriteEndArray();
                }
            }
            else if (field.HasPresence ? field.Accessor.HasValue(message) : !IsDefault(value))
            {
                writer.WritePropertyName(field.JsonName);
                WriteValue(writer, field, value);
            }
        }

        writer.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter writer, FieldDescriptor field, object? value)
    {
        switch (value)
        {
            case IMessage message:
                Write(writer, message);
                break;
            case ByteString bytes:
                writer.WriteStringValue(OtlpJson.IsId(field) ? Convert.ToHexStringLower(bytes.Span) : bytes.ToBase64());
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteStringValue(double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity");
                break;
            case long or ulong:
                writer.WriteStringValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            default:
                writer.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static bool IsDefault(object? value) => value switch
    {
        string text => text.Length == 0,
        ByteString bytes => bytes.IsEmpty,
        bool truth => !truth,
        null => true,
        _ => Convert.ToDouble(value, CultureInfo.InvariantCulture) == 0,
    };
}
