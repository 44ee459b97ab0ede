using System.Globalization;
using System.Text;
using System.Text.Json;
using Aspire.Dashboard.Otlp.Protocol;

namespace Aspire.Dashboard.Telemetry;

/// <summary>A structured value as people read it: ["a",1] or {"key":"value"}, cut at the limit. The parsers have bounded its depth.</summary>
internal static class AnyValueText
{
    public static string Of(AnyValue value)
    {
        var text = new StringBuilder();
        Append(text, value, isOutermost: true);
        return Limits.Cut(text.ToString());
    }

    private static void Append(StringBuilder text, AnyValue? value, bool isOutermost = false)
    {
        if (text.Length > Limits.ValueLength)
        {
            return;
        }

        switch (value?.ValueCase)
        {
            case AnyValue.ValueOneofCase.StringValue:
                text.Append(isOutermost ? value.StringValue : Quoted(value.StringValue));
                break;
            case AnyValue.ValueOneofCase.BoolValue:
                text.Append(value.BoolValue ? "true" : "false");
                break;
            case AnyValue.ValueOneofCase.IntValue:
                text.Append(value.IntValue.ToString(CultureInfo.InvariantCulture));
                break;
            case AnyValue.ValueOneofCase.DoubleValue:
                text.Append(value.DoubleValue.ToString(CultureInfo.InvariantCulture));
                break;
            case AnyValue.ValueOneofCase.BytesValue:
                text.Append(isOutermost ? value.BytesValue.ToBase64() : Quoted(value.BytesValue.ToBase64()));
                break;
            case AnyValue.ValueOneofCase.ArrayValue:
                text.Append('[');
                foreach (var (index, item) in value.ArrayValue.Values.Index())
                {
                    text.Append(index == 0 ? "" : ",");
                    Append(text, item);
                }

                text.Append(']');
                break;
            case AnyValue.ValueOneofCase.KvlistValue:
                text.Append('{');
                foreach (var (index, item) in value.KvlistValue.Values.Index())
                {
                    text.Append(index == 0 ? "" : ",").Append(Quoted(item.Key)).Append(':');
                    Append(text, item.Value);
                }

                text.Append('}');
                break;
            default:
                text.Append("null");
                break;
        }
    }

    private static string Quoted(string text) => $"\"{JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";
}
