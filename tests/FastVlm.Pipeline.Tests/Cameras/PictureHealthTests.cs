using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Frames;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Cameras;

public sealed class PictureHealthTests
{
    private static readonly TimeSpan FrozenAfter = TimeSpan.FromSeconds(15);

    /// <summary>The first fault of a minute of pictures at five per second, and when it was told.</summary>
    [Theory]
    [InlineData("sensor", null, 0)]
    [InlineData("moving without noise", null, 0)]
    [InlineData("frozen", PictureFault.Frozen, 15)]
    [InlineData("frozen from 20 s on", PictureFault.Frozen, 35)]
    [InlineData("one changed bit every 10 s", null, 0)]
    [InlineData("loop of 2", PictureFault.Repeating, 15.4)]
    [InlineData("loop of 40", PictureFault.Repeating, 24)]
    [InlineData("loop of 65", null, 0)]
    [InlineData("blinks at random", null, 0)]
    [InlineData("black with noise", PictureFault.Black, 10)]
    [InlineData("black with a clock", PictureFault.Black, 10)]
    [InlineData("black for 8 s", null, 0)]
    [InlineData("night", null, 0)]
    [InlineData("white", null, 0)]
    public void Tells_a_bad_picture_from_a_healthy_one(string scene, PictureFault? expected, double atSeconds)
    {
        var (fault, at) = FirstFault(scene, FrozenAfter, mayRepeat: false);

        Assert.Equal(expected, fault?.Fault);
        Assert.Equal(atSeconds, at, 0.21);
    }

    [Fact]
    public void A_clip_in_a_loop_is_healthy() => Assert.Null(FirstFault("loop of 40", FrozenAfter, mayRepeat: true).Fault);

    [Theory]
    [InlineData("frozen")]
    [InlineData("loop of 2")]
    public void Zero_switches_the_test_off(string scene) => Assert.Null(FirstFault(scene, TimeSpan.Zero, mayRepeat: false).Fault);

    [Fact]
    public void The_sentences_say_what_and_for_how_long()
    {
        Assert.Equal(
            "The picture has not changed for 15 s although frames arrive.",
            FirstFault("frozen", FrozenAfter, mayRepeat: false).Fault!.Reason);
        Assert.StartsWith(
            "The same 40 pictures come over and over, bit by bit",
            FirstFault("loop of 40", FrozenAfter, mayRepeat: false).Fault!.Reason,
            StringComparison.Ordinal);
        Assert.StartsWith(
            "The picture has been black for 10 s;", FirstFault("black with noise", FrozenAfter, mayRepeat: false).Fault!.Reason,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_healthy_frame_ends_a_fault()
    {
        var health = new PictureHealth();
        var still = new RenderedFrames { Noise = 0 };
        for (var i = 0; i < 100; i++)
        {
            health.Judge(still.At(i / 5.0, (_, _) => 100), FrozenAfter, mayRepeat: false);
        }

        Assert.NotNull(health.Judge(still.At(20, (_, _) => 100), FrozenAfter, mayRepeat: false));
        Assert.Null(health.Judge(still.At(20.2, (_, _) => 101), FrozenAfter, mayRepeat: false));
    }

    private static (PictureProblem? Fault, double At) FirstFault(string scene, TimeSpan frozenAfter, bool mayRepeat)
    {
        var health = new PictureHealth();
        var scenes = new Scenes();
        for (var i = 0; i < 300; i++)
        {
            if (health.Judge(scenes.Frame(scene, i), frozenAfter, mayRepeat) is { } problem)
            {
                return (problem, i / 5.0);
            }
        }

        return (null, 0);
    }

    private sealed class Scenes
    {
        private readonly RenderedFrames noisy = new() { Noise = 2 };
        private readonly RenderedFrames clean = new() { Noise = 0 };
        private readonly Random random = new(3);

        public Frame Frame(string scene, int i)
        {
            var t = i / 5.0;
            return scene switch
            {
                "sensor" => noisy.At(t, (x, _) => 100 + (50 * x)),
                "moving without noise" => clean.At(t, (x, _) => Math.Abs(x - ((t * 0.031) % 1)) < 0.1 ? 200 : 80),
                "frozen" => clean.At(t, (x, _) => 100 + (50 * x)),
                "frozen from 20 s on" => clean.At(t, (x, _) => 100 + (50 * x) + Math.Min(t, 20)),
                "one changed bit every 10 s" => clean.At(t, (x, y) => x < 0.01 && y < 0.02 ? 100 + (i / 50) : 150),
                "loop of 2" => clean.At(t, (x, _) => 100 + (50 * x) + (i % 2)),
                "loop of 40" => clean.At(t, (x, _) => 100 + (50 * x) + (i % 40)),
                "loop of 65" => clean.At(t, (x, _) => 100 + (50 * x) + (i % 65)),
                "blinks at random" => clean.At(t, (_, _) => random.Next(2) * 100),
                "black with noise" => noisy.At(t, (_, _) => 8),
                "black with a clock" => noisy.At(t, (x, y) => x < 0.15 && y < 0.1 ? 250 : 8),
                "black for 8 s" => noisy.At(t, (x, _) => t < 8 ? 8 : 50 + x),
                "night" => noisy.At(t, (x, _) => 4 + (16 * x)),
                _ => noisy.At(t, (_, _) => 240),
            };
        }
    }
}
