using System.Buffers.Binary;

namespace Waiide.Tests.Gateway.Activity;

/// <summary>Frames of a WebSocket, as a browser sends them.</summary>
internal static class Frames
{
    private static readonly byte[] Mask = [0x37, 0xfa, 0x21, 0x3d];

    /// <summary>A whole message, or a part of one, in one masked frame.</summary>
    internal static byte[] Masked(byte[] payload, byte first = 0x82)
    {
        var size = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(size, payload.Length);
        byte[] length = payload.Length switch { < 126 => [(byte)(0x80 | payload.Length)], < 65536 => [0x80 | 126, size[6], size[7]], _ => [0x80 | 127, .. size] };
        return [first, .. length, .. Mask, .. payload.Select((value, at) => (byte)(value ^ Mask[at % 4]))];
    }
}
