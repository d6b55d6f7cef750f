using FastVlm.Pipeline.Sampling;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Sampling;

/// <summary>Rendered scenes at five frames per second: what counts as an event and what does not.</summary>
public sealed class SceneGateTests
{
    private const double Threshold = 0.08;
    private const double Event = 30;

    private static readonly Dictionary<string, Func<double, double, double, double>> Scenes = new()
    {
        ["still"] = (_, x, y) => Floor(x, y),
        ["part falls"] = (t, x, y) => t >= Event && Near(x, y, 0.7, 0.8) ? 230 : Floor(x, y),
        ["small part falls"] = (t, x, y) => t >= Event && Near(x, y, 0.7, 0.8, 0.01) ? 230 : Floor(x, y),
        ["part falls and is gone after half a second"] =
            (t, x, y) => t is >= Event and < Event + 0.5 && Near(x, y, 0.7, 0.8) ? 230 : Floor(x, y),
        ["part falls beside a running belt"] = (t, x, y) => t >= Event && Near(x, y, 0.7, 0.8) ? 230 : Belt(t, x, y),
        ["belt runs"] = Belt,
        ["lamps flicker"] = (t, x, y) => Floor(x, y) * (1 + (0.15 * Math.Sin(t * 17))),
        ["lamps are dimmed at once"] = (t, x, y) => Floor(x, y) - (t >= Event ? 40 : 0),
        ["sun sets"] = (t, x, y) => Floor(x, y) - t,
        ["shadow wanders"] = (t, x, y) => Floor(x, y) - (60 * Math.Clamp((t / 20) - x, 0, 1)),
        ["signal lamp blinks"] = (t, x, y) => Near(x, y, 0.9, 0.1) && (int)(t * 2) % 2 == 0 ? 250 : Floor(x, y),
    };

    [Theory]
    [InlineData("still", false)]
    [InlineData("part falls", true)]
    [InlineData("small part falls", false)]
    [InlineData("part falls and is gone after half a second", true)]
    [InlineData("part falls beside a running belt", true)]
    [InlineData("belt runs", false)]
    [InlineData("lamps flicker", false)]
    [InlineData("lamps are dimmed at once", false)]
    [InlineData("sun sets", false)]
    [InlineData("shadow wanders", false)]
    [InlineData("signal lamp blinks", false)]
    public void Tells_events_from_what_is_usual(string scene, bool isEvent)
    {
        var changes = Changes(scene, noise: 3);

        Assert.Equal(isEvent, changes.Count > 0);
        Assert.All(changes, at => Assert.InRange(at, Event, Event + 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(12)]
    [InlineData(25)]
    public void Noise_is_no_event_and_hides_none(int noise)
    {
        Assert.Empty(Changes("still", noise));
        Assert.NotEmpty(Changes("part falls", noise));
    }

    /// <summary>A change is told once: the frames after it are compared with it.</summary>
    [Fact]
    public void A_lasting_change_is_one_event() => Assert.Single(Changes("part falls", noise: 3));

    [Fact]
    public void A_change_that_was_looked_at_already_is_no_event()
    {
        var frames = new RenderedFrames();
        var gate = new SceneGate();
        for (var i = 0; i < 200; i++)
        {
            var frame = frames.At(i / 5.0, (x, y) => Scenes["part falls"](i / 5.0, x, y));
            if (i == 150)
            {
                gate.LookedAt(frame);
            }

            Assert.False(gate.IsChange(frame, Threshold));
        }
    }

    [Fact]
    public void A_scene_that_never_rests_is_looked_at_no_more_than_twice_a_second()
    {
        var frames = new RenderedFrames();
        var random = new Random(5);
        var gate = new SceneGate();
        var changes = new List<double>();
        for (var i = 0; i < 300; i++)
        {
            var (cx, cy) = (random.NextDouble(), random.NextDouble());
            if (gate.IsChange(frames.At(i / 10.0, (x, y) => Near(x, y, cx, cy, 0.15) ? 255 : Floor(x, y)), Threshold))
            {
                changes.Add(i / 10.0);
            }
        }

        Assert.NotEmpty(changes);
        Assert.All(changes.Zip(changes.Skip(1)), pair => Assert.True(pair.Second - pair.First >= 0.499));
    }

    [Theory]
    [InlineData(8, 4)]
    [InlineData(1, 1)]
    [InlineData(33, 19)]
    [InlineData(640, 360)]
    public void Any_size_of_picture_can_be_judged(int widthPx, int heightPx)
    {
        var frames = new RenderedFrames(widthPx, heightPx) { Noise = 0 };
        var gate = new SceneGate();
        for (var i = 0; i < 60; i++)
        {
            Assert.False(gate.IsChange(frames.At(i / 5.0, Floor), Threshold));
        }
    }

    private static List<double> Changes(string scene, int noise)
    {
        var frames = new RenderedFrames { Noise = noise };
        var gate = new SceneGate();
        return
        [
            .. Enumerable.Range(0, 200).Select(i => i / 5.0)
                .Where(t => gate.IsChange(frames.At(t, (x, y) => Scenes[scene](t, x, y)), Threshold)),
        ];
    }

    private static double Floor(double x, double y) => 90 + (40 * x) + (20 * y);

    private static bool Near(double x, double y, double centreX, double centreY, double radius = 0.07) =>
        Math.Abs(x - centreX) < radius && Math.Abs(y - centreY) < radius * 1.5;

    /// <summary>Parts 0.25 apart pass each 1.2 s in the upper half.</summary>
    private static double Belt(double t, double x, double y) =>
        y is > 0.3 and < 0.45 ? (((x - (t * 0.2)) % 0.25) + 0.25) % 0.25 < 0.1 ? 220 : 40 : Floor(x, y);
}
