using System.Buffers;
using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Aspire.Dashboard.Otlp;

/// <summary>Reads a message of the protocol from its JSON. Fails with a <see cref="JsonException"/> that says where.</summary>
internal static class OtlpJsonReader
{
    private static readonly ConcurrentDictionary<MessageDescriptor, Dictionary<string, FieldDescriptor>> s_fields = new();

    public static T Read<T>(ReadOnlySequence<byte> json)
        where T : IMessage, new()
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = OtlpJson.MaxDepth });
        var message = new T();
        var budget = new OtlpBudget();
        try
        {
            reader.Read();
            ReadMessage(ref reader, message, budget);
            if (reader.Read())
            {
                throw new JsonException("There is more than one value.");
            }
        }
        catch (Exception wrong) when (wrong is FormatException or InvalidOperationException or OverflowException)
        {
            throw new JsonException($"{wrong.Message} (at byte {reader.TokenStartIndex})", wrong);
        }

        return message;
    }

    private static void ReadMessage(ref Utf8JsonReader reader, IMessage message, OtlpBudget budget)
    {
        budget.TakeMessage(message.Descriptor);
        Expect(ref reader, JsonTokenType.StartObject, message.Descriptor.Name);
        var fields = s_fields.GetOrAdd(message.Descriptor, descriptor => descriptor.Fields.InFieldNumberOrder().ToDictionary(field => field.JsonName, StringComparer.Ordinal));
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isKnown = fields.TryGetValue(reader.GetString()!, out var field);
            reader.Read();
            if (!isKnown)
            {
                reader.Skip();
            }
            else if (reader.TokenType is not JsonTokenType.Null)
            {
                ReadField(ref reader, message, field!, budget);
            }
        }
    }

    private static void ReadField(ref Utf8JsonReader reader, IMessage message, FieldDescriptor field, OtlpBudget budget)
    {
        if (!field.IsRepeated)
        {
            field.Accessor.SetValue(message, ReadValue(ref reader, field, budget));
            return;
        }

        Expect(ref reader, JsonTokenType.StartArray, field.JsonName);
        var list = (IList)field.Accessor.GetValue(message);
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            list.Add(ReadValue(ref reader, field, budget));
        }
    }

    private static object ReadValue(ref Utf8JsonReader reader, FieldDescriptor field, OtlpBudget budget)
    {
        if (field.FieldType is FieldType.String or FieldType.Bytes)
        {
            budget.TakeText(reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length);
        }
        else if (field.IsRepeated && field.FieldType is not FieldType.Message)
        {
            budget.TakeNumber();
        }

        switch (field.FieldType)
        {
            case FieldType.Message:
                var message = field.MessageType.Parser.ParseFrom(ReadOnlySpan<byte>.Empty);
                ReadMessage(ref reader, message, budget);
                return message;
            case FieldType.String:
                return String(ref reader, field);
            case FieldType.Bytes:
                return ReadBytes(String(ref reader, field), field);
            case FieldType.Bool:
                return reader.GetBoolean();
            case FieldType.Enum:
                return Enum.ToObject(field.EnumType.ClrType, reader.GetInt32());
            case FieldType.Double:
                return reader.TokenType is JsonTokenType.Number ? reader.GetDouble() : double.Parse(String(ref reader, field), NumberStyles.Float, CultureInfo.InvariantCulture);
            case FieldType.Int64 or FieldType.SFixed64 or FieldType.SInt64:
                return long.Parse(Digits(ref reader, field), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            case FieldType.UInt64 or FieldType.Fixed64:
                return ulong.Parse(Digits(ref reader, field), NumberStyles.None, CultureInfo.InvariantCulture);
            case FieldType.UInt32 or FieldType.Fixed32:
                return uint.Parse(Digits(ref reader, field), NumberStyles.None, CultureInfo.InvariantCulture);
            default:
                return int.Parse(Digits(ref reader, field), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }
    }

    private static ByteString ReadBytes(string text, FieldDescriptor field) => ByteString.CopyFrom(OtlpJson.IsId(field) ? Convert.FromHexString(text) : Convert.FromBase64String(text));

    private static string String(ref Utf8JsonReader reader, FieldDescriptor field)
    {
        Expect(ref reader, JsonTokenType.String, field.JsonName);
        return reader.GetString()!;
    }

    // Both "1706425800000000000" and 1706425800000000000 are right.
    private static string Digits(ref Utf8JsonReader reader, FieldDescriptor field) => reader.TokenType is JsonTokenType.Number
        ? System.Text.Encoding.ASCII.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan)
        : String(ref reader, field);

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type, string what)
    {
        if (reader.TokenType != type)
        {
            throw new FormatException($"'{what}' is to be a {type switch { JsonTokenType.StartObject => "JSON object", JsonTokenType.StartArray => "JSON list", _ => "JSON string" }}, and there is {reader.TokenType}.");
        }
    }
}
