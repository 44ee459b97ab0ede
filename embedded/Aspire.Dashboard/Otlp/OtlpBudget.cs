using System.Buffers;
using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Aspire.Dashboard.Otlp;

/// <summary>About what a request takes in memory once it is read, up to a limit: an empty message is two bytes on the wire, hundreds in memory, and next to nothing when compressed.</summary>
internal sealed class OtlpBudget
{
    /// <summary>A collector's batch of 8,192 spans with thirty attributes each takes about 45 MiB.</summary>
    public const long Most = 64 * 1024 * 1024;

    // Deeper the parser refuses (its own limit is 100).
    private const int MaxDepth = 100;
    private static readonly ConcurrentDictionary<MessageDescriptor, int> s_sizes = new();
    private long _left = Most;

    public void TakeMessage(MessageDescriptor type) => Take(s_sizes.GetOrAdd(type, known =>
        32 + (known.RealOneofCount * 16) + known.Fields.InDeclarationOrder().Where(field => field.RealContainingOneof is null).Sum(field => field.IsRepeated ? 40 : 8)));

    public void TakeText(long length) => Take(24 + (length * 2));

    // A list doubles when it is full.
    public void TakeNumber(long count = 1) => Take(16 * count);

    /// <summary>Looks through an encoded message before it is read. What is malformed is left to the parser, which stops at the same place.</summary>
    public void TakeAll(ReadOnlySequence<byte> encoded, MessageDescriptor type)
    {
        TakeMessage(type);
        TakeFields(new SequenceReader<byte>(encoded), type, 0);
    }

    private void TakeFields(SequenceReader<byte> reader, MessageDescriptor? type, int depth)
    {
        while (depth < MaxDepth && TryReadVarint(ref reader, out var tag))
        {
            var field = type?.FindFieldByNumber((int)Math.Min(tag >> 3, int.MaxValue));
            if (!(((WireFormat.WireType)(tag & 7)) switch
            {
                WireFormat.WireType.Varint => TryTakeNumber(TryReadVarint(ref reader, out _), field),
                WireFormat.WireType.Fixed64 => TryTakeNumber(TrySkip(ref reader, 8), field),
                WireFormat.WireType.Fixed32 => TryTakeNumber(TrySkip(ref reader, 4), field),
                WireFormat.WireType.LengthDelimited => TryTakeContent(ref reader, field, depth),
                // What is between the marks of a group is looked at as if it were not in one.
                WireFormat.WireType.StartGroup or WireFormat.WireType.EndGroup => true,
                _ => false,
            }))
            {
                return;
            }
        }
    }

    private bool TryTakeNumber(bool isThere, FieldDescriptor? field)
    {
        if (isThere && field is { IsRepeated: true })
        {
            TakeNumber();
        }

        return isThere;
    }

    private bool TryTakeContent(ref SequenceReader<byte> reader, FieldDescriptor? field, int depth)
    {
        if (!TryReadVarint(ref reader, out var length) || length > (ulong)reader.Remaining)
        {
            return false;
        }

        var content = reader.UnreadSequence.Slice(0, (long)length);
        reader.Advance((long)length);
        switch (field?.FieldType)
        {
            case null:
                break;
            case FieldType.Message:
                TakeMessage(field.MessageType);
                TakeFields(new SequenceReader<byte>(content), field.MessageType, depth + 1);
                break;
            case FieldType.String or FieldType.Bytes:
                TakeText(content.Length);
                break;
            case FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64:
                TakeNumber(content.Length / 8);
                break;
            default:
                // A list of numbers of different lengths, at least a byte each.
                TakeNumber(content.Length);
                break;
        }

        return true;
    }

    private static bool TrySkip(ref SequenceReader<byte> reader, long count)
    {
        var isThere = reader.Remaining >= count;
        reader.Advance(isThere ? count : 0);
        return isThere;
    }

    // Seven bits a byte, the lowest first, until a byte without the highest bit (https://protobuf.dev/programming-guides/encoding/#varints).
    private static bool TryReadVarint(ref SequenceReader<byte> reader, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 70 && reader.TryRead(out var next); shift += 7)
        {
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    private void Take(long bytes)
    {
        _left -= bytes;
        if (_left < 0)
        {
            throw OtlpRefusal.TooLarge($"The request would take more than {Most / 1024 / 1024} MiB of memory: send fewer records at once.");
        }
    }
}
