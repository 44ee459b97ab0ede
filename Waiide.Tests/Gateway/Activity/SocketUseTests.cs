using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Waiide.Gateway.Activity;

namespace Waiide.Tests.Gateway.Activity;

public sealed class SocketUseTests : IDisposable
{
    private static readonly byte[] ToServer = Message(2, "{\"type\":\"connectionType\",\"desiredConnectionType\":1}");
    private static readonly byte[] ToExtensionHost = Message(2, "{\"type\":\"connectionType\",\"desiredConnectionType\":2}");
    private static readonly byte[] KeepAlive = Message(9, "");
    private readonly List<Sight> _seen = [];
    private readonly List<string> _complaints = [];
    private readonly SocketUse _use;

    public SocketUseTests() => _use = SocketUse.OfVsCode("/?reconnection=true", TimeProvider.System, _seen.Add, _complaints.Add);

    public void Dispose() => _use.Dispose();

    [Fact]
    public void Keep_alives_are_traffic_and_nothing_more()
    {
        _use.Saw(Frames.Masked([.. ToServer, .. KeepAlive, .. KeepAlive]));
        Assert.Equal([Sight.Traffic], _seen);
        Assert.Empty(_complaints);
    }

    [Theory]
    [InlineData("l", true)]
    [InlineData("\r", true)]
    [InlineData("\u001b[A", true)] // Arrow up.
    [InlineData("\u001b[<0;10;5M", true)] // A click of the mouse.
    [InlineData("\u001b[?1;2c", false)] // "I am a VT100", an answer of the terminal's own.
    [InlineData("\u001b[12;40R", false)] // Where the cursor is.
    [InlineData("\u001b]11;rgb:ffff/ffff/ffff\u001b\\", false)] // The colour of the background.
    [InlineData("\u001b[I", false)] // The focus came.
    public void Keys_in_a_terminal_are_a_persons_and_its_own_answers_are_not(string text, bool isAPersons)
    {
        _use.Saw(Frames.Masked([.. ToServer, .. Message(1, "\u0004\u0004\u0006d\u0006\u00a3\u0007\u0001\u000eremoteterminal\u0001\u0006$input\u0004\u0002\u0006\u0002\u0001" + (char)text.Length + text)]));
        Assert.Equal(isAPersons, _seen.Contains(Sight.Person));
    }

    [Theory]
    [InlineData("$acceptModelChanged", "[{},{\"changes\":[]},true]", true)]
    [InlineData("$acceptModelChanged", "[{},{\"changes\":[]},false]", false)] // The file was changed by a program.
    [InlineData("$acceptDirtyStateChanged", "[{},true]", false)] // VS Code saves a setting of its own.
    [InlineData("$onDidChangeWindowFocus", "[true]", true)]
    [InlineData("$onDidChangeWindowFocus", "[false]", false)]
    [InlineData("$onFileEvent", "[{},true]", false)]
    public void Calls_to_the_extension_host_that_only_a_person_causes_are_use(string method, string arguments, bool isAPersons)
    {
        _use.Saw(Frames.Masked([.. ToExtensionHost, .. Call(method, arguments)]));
        Assert.Equal(isAPersons, _seen.Contains(Sight.Person));
    }

    [Fact]
    public void A_window_is_used_from_the_moment_that_it_becomes_active_until_it_does_not_any_more()
    {
        _use.Saw(Frames.Masked([.. ToExtensionHost, .. KeepAlive]));
        Assert.DoesNotContain(Sight.Person, _seen);

        _use.Saw(Frames.Masked(Call("$onDidChangeWindowActive", "[true]")));
        _seen.Clear();
        _use.Saw(Frames.Masked(KeepAlive));
        Assert.Contains(Sight.Person, _seen);

        _use.Saw(Frames.Masked(Call("$onDidChangeWindowActive", "[false]")));
        _seen.Clear();
        _use.Saw(Frames.Masked(KeepAlive));
        Assert.DoesNotContain(Sight.Person, _seen);
    }

    [Fact]
    public void A_window_that_only_says_to_be_active_is_believed_for_an_hour()
    {
        var presence = new Presence(isReconnection: false);
        Assert.True(presence.After(Sign.WindowConnects, TimeSpan.Zero));
        Assert.True(presence.After(Sign.None, TimeSpan.FromMinutes(59)));
        Assert.False(presence.After(Sign.None, TimeSpan.FromMinutes(61)));
        Assert.True(presence.After(Sign.Doing, TimeSpan.FromMinutes(62)));
        Assert.True(presence.After(Sign.None, TimeSpan.FromMinutes(120)));
    }

    [Fact]
    public void It_does_not_matter_where_the_bytes_are_cut_nor_how_they_are_framed_nor_whether_they_are_deflated()
    {
        var stream = new MemoryStream();
        using (var deflate = new DeflateStream(stream, CompressionLevel.Optimal, leaveOpen: true))
        {
            // One stream for all messages, which is what browsers do; each ends in 00 00 ff ff, which is cut off.
            byte[] Deflated(byte[] message)
            {
                stream.SetLength(0);
                deflate.Write(message);
                deflate.Flush();
                return stream.ToArray()[..^4];
            }

            var call = Deflated(Call("$acceptModelChanged", "[{\"text\":\"" + new string('x', 70_000) + "\"},true]"));
            byte[][] frames =
            [
                Frames.Masked(Deflated(ToExtensionHost), 0xC2),
                Frames.Masked(Deflated(KeepAlive), 0xC2),
                Frames.Masked(call[..20], 0x42), // The first part of a message, a ping in between, the rest.
                Frames.Masked("ping"u8.ToArray(), 0x89),
                Frames.Masked(call[20..], 0x80),
            ];
            foreach (var value in frames[..^1].SelectMany(frame => frame))
            {
                _use.Saw([value]);
            }

            Assert.DoesNotContain(Sight.Person, _seen);
            foreach (var value in frames[^1])
            {
                _use.Saw([value]);
            }
        }

        Assert.Contains(Sight.Person, _seen);
        Assert.Empty(_complaints);
    }

    [Theory]
    [InlineData(0xC2, "this is not deflated at all")]
    [InlineData(0x82, "and this is no message of VS Code")]
    public void What_is_not_understood_counts_as_use_for_ever_and_is_said_once(byte first, string text)
    {
        _use.Saw(Frames.Masked(Encoding.ASCII.GetBytes(text), first));
        _seen.Clear();
        _use.Saw(Frames.Masked(KeepAlive));
        Assert.Contains(Sight.Person, _seen);
        Assert.Single(_complaints);
    }

    // What pages at rest were seen to send, each a message of its own.
    [Theory]
    [InlineData("{\"type\":\"ping\"}", "{\"type\":\"ping\"}", false)] // Vite, every 30 s; its first is like all others.
    [InlineData("40", "3", true, "3", false)] // socket.io: its greeting, then the same answer every 25 s.
    [InlineData("a kernel's greeting", "[\"stdin\",\"l\"]", true, "[\"stdin\",\"s\"]", true)] // JupyterLab's terminal.
    [InlineData("\u0003\u0001 0 0 800 600", "\u0005\u0001 10 10", true, "\u0003\u0001 0 0 800 600", false, "\u0005\u0000 10 10", true)] // noVNC asks for pictures; the mouse is pressed.
    public void On_a_page_of_ones_own_what_is_said_word_for_word_again_is_no_use(string greeting, params object[] messages)
    {
        using var use = SocketUse.OfPage(_seen.Add, _complaints.Add);
        use.Saw(Frames.Masked(Encoding.Latin1.GetBytes(greeting)));
        Assert.Equal([Sight.Traffic], _seen);
        foreach (var pair in messages.Chunk(2))
        {
            _seen.Clear();
            var frame = Frames.Masked(Encoding.Latin1.GetBytes((string)pair[0]));
            use.Saw(frame.AsSpan(..3));
            use.Saw(frame.AsSpan(3..));
            Assert.Equal((bool)pair[1], _seen.Contains(Sight.Person));
        }

        _seen.Clear();
        use.Saw(Frames.Masked("a pong"u8.ToArray(), 0x8A));
        Assert.Equal([Sight.Traffic], _seen);
        Assert.Empty(_complaints);
    }

    [Fact]
    public void Whatever_a_browser_sends_the_stream_goes_on()
    {
        var random = new Random(4711);
        for (var round = 0; round < 3000; round++)
        {
            using var use = SocketUse.OfVsCode("/", TimeProvider.System, _ => { }, _ => { });
            var bytes = new byte[random.Next(1, 400)];
            random.NextBytes(bytes);
            use.Saw(round % 3 == 0 ? bytes : Frames.Masked(round % 3 == 1 ? bytes : [.. ToExtensionHost, .. Message(1, Encoding.Latin1.GetString(bytes))], (byte)(round % 2 == 0 ? 0x82 : 0xC2)));
        }
    }

    private static byte[] Call(string method, string arguments) =>
        Message(1, "\u0001\0\0\0\u0007v" + (char)method.Length + method + "\0\0\0" + (char)(arguments.Length & 0x7F) + arguments);

    private static byte[] Message(byte type, string body)
    {
        var bytes = new byte[13 + body.Length];
        bytes[0] = type;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(9), body.Length);
        Encoding.Latin1.GetBytes(body).CopyTo(bytes, 13);
        return bytes;
    }
}
