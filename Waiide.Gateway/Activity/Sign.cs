namespace Waiide.Gateway.Activity;

/// <summary>What one message of VS Code's client says about the person before it.</summary>
internal enum Sign
{
    /// <summary>Nothing: a keep-alive, a receipt, an answer, something that the client does by itself.</summary>
    None,

    /// <summary>Somebody typed, or came back to the window.</summary>
    Doing,

    /// <summary>A window connects to its extension host, for the first time or again.</summary>
    WindowConnects,

    WindowActive,
    WindowInactive,
}

/// <summary>
/// Reads the signs. This is a list of what counts, and everything else does not: an idle window sends file events, telemetry, receipts for terminal output and whatever the next version or an
/// extension adds, while a person cannot touch a window without VS Code announcing it as active. The recordings in the tests show both.
/// </summary>
internal static class Signs
{
    /// <param name="toExtensionHost">Which of a window's two connections: to the extension host, or to the server itself.</param>
    /// <param name="head">The beginning of the message.</param>
    /// <param name="tail">Its last bytes.</param>
    internal static Sign Of(bool toExtensionHost, ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail) =>
        toExtensionHost ? OfCall(head, tail) : IsTyped(head) ? Sign.Doing : Sign.None;

    // 01, a request's number, the number of the other side's object, then a short string and a long one: 01 00000031 76 18 "$onDidChangeWindowActive" 00000007 "[false]".
    private static Sign OfCall(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail)
    {
        if (head.Length < 7 || head[0] is not (1 or 2) || head.Length < 7 + head[6])
        {
            return Sign.None;
        }

        var method = head.Slice(7, head[6]);
        return method switch
        {
            _ when method.SequenceEqual("$onDidChangeWindowActive"u8) => tail.EndsWith("[true]"u8) ? Sign.WindowActive : Sign.WindowInactive,
            _ when method.SequenceEqual("$onDidChangeWindowFocus"u8) && tail.EndsWith("[true]"u8) => Sign.Doing,

            // Text changed that had been changed before and is not saved: ",true]" says that. A file that a program writes, or VS Code itself as it does with its settings some minutes
            // after a start, changes the text just once before it is saved.
            _ when method.SequenceEqual("$acceptModelChanged"u8) && tail.EndsWith(",true]"u8) => Sign.Doing,
            _ => Sign.None,
        };
    }

    // An array of four: 04 04, 06 64 (a call), 06 and its number, 01 0e "remoteterminal", 01 06 "$input"; then an array of two: 04 02, 06 and the terminal's number, 01 and the text.
    private static bool IsTyped(ReadOnlySpan<byte> head)
    {
        var call = "\u0001\u000eremoteterminal\u0001\u0006$input\u0004\u0002\u0006"u8;
        var at = head.IndexOf(call);
        if (at < 0)
        {
            return false;
        }

        var text = AfterNumber(From(AfterNumber(head[(at + call.Length)..]), 1));
        return text.IsEmpty || !IsReply(text);
    }

    // Numbers have seven bits in a byte, and the eighth where there is more.
    private static ReadOnlySpan<byte> AfterNumber(ReadOnlySpan<byte> bytes)
    {
        var last = bytes.IndexOfAnyInRange((byte)0, (byte)0x7F);
        return last < 0 ? [] : bytes[(last + 1)..];
    }

    private static ReadOnlySpan<byte> From(ReadOnlySpan<byte> bytes, int start) => start <= bytes.Length ? bytes[start..] : [];

    // What a terminal answers by itself to a program that asks for its kind, its size, its colours or the cursor's place, and says when it gets and loses the focus.
    private static bool IsReply(ReadOnlySpan<byte> text)
    {
        if (text.Length < 3 || text[0] != 0x1b)
        {
            return false;
        }

        if (text[1] is (byte)']' or (byte)'P')
        {
            return true;
        }

        var end = text[2..].IndexOfAnyInRange((byte)'@', (byte)'~');
        return text[1] == '[' && end >= 0 && "cnRytIO"u8.Contains(text[2 + end]);
    }
}
