using Google.Protobuf.Reflection;

namespace Aspire.Dashboard.Otlp;

/// <summary>
/// What OTLP's JSON does otherwise than protobuf's (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): ids are hexadecimal, enums are numbers. As in protobuf's, names are lowerCamelCase,
/// integers of 64 bits are strings, other bytes are base64, and what is unknown is skipped.
/// </summary>
internal static class OtlpJson
{
    /// <summary>An attribute in a list in an attribute takes three levels; the protobuf parser stops at 100 of its own.</summary>
    public const int MaxDepth = 96;

    public static bool IsId(FieldDescriptor field) => field.Name is "trace_id" or "span_id" or "parent_span_id";
}
