using FastVlm.Pipeline.Frames;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Frames;

public sealed class FrameRingTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    /// <summary>Seconds before a frame at 60 s of a 25 fps camera.</summary>
    [Theory]
    [InlineData(3, "3 2.5 2 1.5 1 0.5")]
    [InlineData(1, "1 0.5")]
    [InlineData(12, "12 10 8 6 4 2")]
    [InlineData(0, "")]
    public void Keeps_a_few_frames_evenly_over_the_reach(double reachSeconds, string before)
    {
        var ring = Fill(reachSeconds, seconds: 60);

        var kept = ring.Before(At(60)).Select(f => (Start.AddSeconds(60) - f.CapturedAt).TotalSeconds).ToList();

        var expected = before.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(s => double.Parse(s, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(expected.Count, kept.Count);
        Assert.All(expected.Zip(kept), pair => Assert.Equal(pair.First, pair.Second, 0.6));
        Assert.Equal(kept.OrderDescending(), kept);
    }

    [Fact]
    public void What_came_before_is_still_there_when_the_caption_is_done()
    {
        var ring = Fill(reachSeconds: 3, seconds: 69);

        Assert.Equal(6, ring.Before(At(60)).Count);
    }

    [Fact]
    public void Large_pictures_are_bounded_in_bytes()
    {
        var ring = new FrameRing { Reach = TimeSpan.FromSeconds(30) };
        var image = new RgbImage(2048, 1152, new byte[2048 * 1152 * 3]);
        for (var i = 0; i < 60; i++)
        {
            ring.Add(At(i) with { Image = image });
        }

        Assert.InRange(ring.KeptBytes, 1, Limits.PreRollBytesMax);
        Assert.NotEmpty(ring.Before(At(60)));
    }

    [Fact]
    public void A_clock_that_goes_back_starts_anew()
    {
        var ring = Fill(reachSeconds: 3, seconds: 60);
        ring.Add(At(10));

        Assert.Equal([10], ring.Before(At(11)).Select(f => (f.CapturedAt - Start).TotalSeconds));
        Assert.Empty(ring.Before(At(60)));
    }

    [Fact]
    public void No_reach_keeps_nothing()
    {
        var ring = Fill(reachSeconds: 3, seconds: 10);
        ring.Reach = TimeSpan.Zero;

        Assert.Equal(0, ring.KeptBytes);
        Assert.Empty(ring.Before(At(10)));
    }

    private static FrameRing Fill(double reachSeconds, int seconds)
    {
        var ring = new FrameRing { Reach = TimeSpan.FromSeconds(reachSeconds) };
        for (var i = 0; i < seconds * 25; i++)
        {
            ring.Add(At(i * 0.04));
        }

        return ring;
    }

    private static Frame At(double seconds) => TestFrames.At(Start + TimeSpan.FromSeconds(seconds));
}
