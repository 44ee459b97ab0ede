namespace Waiide.Tests.ServiceDefaults;

/// <summary>A protobuf message read without its schema (https://protobuf.dev/programming-guides/encoding).</summary>
internal sealed class Protobuf
{
    private readonly List<(int Field, ulong Number, byte[] Bytes)> _fields = [];

    public Protobuf(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            var field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add((field, Varint(message, ref at), []));
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    _fields.Add((field, 0, message[at..(at + length)]));
                    at += length;
                    break;
                case 1:
                    _fields.Add((field, BitConverter.ToUInt64(message, at), []));
                    at += 8;
                    break;
                default:
                    at += 4;
                    break;
            }
        }
    }

    public bool Has(int field) => _fields.Any(it => it.Field == field);

    public ulong Number(int field) => _fields.FirstOrDefault(it => it.Field == field).Number;

    public byte[] Bytes(int field) => _fields.FirstOrDefault(it => it.Field == field).Bytes ?? [];

    public IEnumerable<Protobuf> Messages(int field) => _fields.Where(it => it.Field == field).Select(it => new Protobuf(it.Bytes));

    private static ulong Varint(byte[] message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
