using Waiide.Gateway.Proxy;

namespace Waiide.Tests.Gateway.Proxy;

public class FrameCounterTests
{
    public static TheoryData<byte[]> Frames =>
    [
        [0x81, 0x00],
        [0x82, 0x03, 1, 2, 3],
        [0x89, 0x80, 9, 9, 9, 9],
        [0x81, 0x82, 9, 9, 9, 9, 1, 2],
        [0x82, 126, 0x01, 0x00, .. new byte[256]],
        [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0, .. new byte[65536]],
    ];

    [Theory]
    [MemberData(nameof(Frames))]
    public void A_frame_ends_where_its_header_says_however_it_is_cut(byte[] frame)
    {
        foreach (var piece in new[] { 1, 2, 3, 7, frame.Length })
        {
            var counter = new FrameCounter();
            for (var at = 0; at < frame.Length; at += piece)
            {
                Assert.Equal(at == 0, counter.IsBetweenFrames);
                var slice = frame.AsSpan(at, Math.Min(piece, frame.Length - at));
                Assert.Equal(slice.Length, counter.Follow(slice, onlyThisFrame: false));
            }

            Assert.True(counter.IsBetweenFrames);
        }
    }

    [Fact]
    public void Only_the_frame_that_has_begun_is_let_through_when_asked()
    {
        byte[] two = [0x81, 0x02, 1, 2, 0x81, 0x01, 3];
        var counter = new FrameCounter();
        Assert.Equal(0, counter.Follow(two, onlyThisFrame: true));
        Assert.Equal(3, counter.Follow(two.AsSpan(0, 3), onlyThisFrame: false));
        Assert.Equal(1, counter.Follow(two.AsSpan(3), onlyThisFrame: true));
        Assert.True(counter.IsBetweenFrames);
    }
}
