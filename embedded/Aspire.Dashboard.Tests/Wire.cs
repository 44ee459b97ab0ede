using System.IO.Compression;
using Google.Protobuf;

namespace Aspire.Dashboard.Tests;

/// <summary>Bodies of requests, byte by byte: what no well-behaved exporter would send.</summary>
internal static class Wire
{
    /// <summary>A length-delimited field of a protobuf message.</summary>
    public static byte[] Field(int number, byte[] content)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteLength(content.Length);
        }

        bytes.Write(content);
        return bytes.ToArray();
    }

    /// <summary>As Content-Encoding: gzip has it.</summary>
    public static byte[] Compressed(byte[] body)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal))
        {
            gzip.Write(body);
        }

        return bytes.ToArray();
    }
}
