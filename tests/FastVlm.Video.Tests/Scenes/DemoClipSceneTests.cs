using FastVlm.Pipeline.Frames;
using FastVlm.Pipeline.Sampling;

namespace FastVlm.Video.Tests.Scenes;

/// <summary>
/// The shipped clip (24 s in a loop): a belt runs; at 8 s a part falls off it and lies on the floor until 15 s; at 17 s a
/// person comes. Read at five frames a second and looked at every five seconds.
/// </summary>
public sealed class DemoClipSceneTests(ITestOutputHelper output)
{
    private const double Loop = 24;
    private const int Phases = 48;

    [Fact]
    public async Task The_moment_of_the_fall_is_looked_at_and_the_calm_is_not()
    {
        var (frames, _) = await FrameReading.Open(DemoClip(), new() { FrameSidePxMax = 192, FramePeriod = TimeSpan.FromSeconds(0.2) })
            .ReadToEndAsync();
        var looks = Enumerable.Range(0, Phases).SelectMany(phase => Looks(frames, phase * Loop / Phases)).ToList();

        // A fall counts once the gate has learned what is usual; the tenth of a loop before the end may not hold a whole one.
        var falls = looks.Where(look => look.At > 10).GroupBy(look => (look.Phase, look.Round)).ToList();
        var seen = falls.Count(fall => fall.Any(look => look.ClipTime is >= 8.2 and <= 10));
        var calm = looks.Where(look => look is { IsChange: true, At: > Loop, ClipTime: (> 1 and < 8) or (> 10.5 and < 14.5) }).ToList();
        output.WriteLine($"{seen} of {falls.Count} falls were looked at within 2 s; {calm.Count} looks without a cause.");
        Assert.True(falls.Count >= 2 * Phases, "Too few falls to judge.");
        Assert.InRange((double)seen / falls.Count, 0.9, 1);
        Assert.Empty(calm);
    }

    private sealed record Look(double Phase, int Round, double At, double ClipTime, bool IsChange);

    /// <summary>Three whole loops from the phase on, as the sampler takes them.</summary>
    private static IEnumerable<Look> Looks(List<Frame> frames, double phase)
    {
        var gate = new SceneGate();
        var sampler = new FrameSampler(TimeSpan.FromSeconds(5), frameAgeMax: null, byMediaTime: false);
        for (var round = 0; round < 5; round++)
        {
            foreach (var frame in frames)
            {
                var clipTime = frame.MediaTime!.Value.TotalSeconds;
                var at = (round * Loop) + clipTime - phase;

                // Rounds that were begun or broken off do not count as falls: they have no looks.
                if (at < 0 || round == 0 || round == 4)
                {
                    continue;
                }

                var now = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(at);
                var moved = frame with { CapturedAt = now };
                var isChange = gate.IsChange(moved, threshold: 0.08);
                var verdict = sampler.Judge(moved with { IsSceneChange = isChange }, now);
                if (verdict is SampleVerdict.Take or SampleVerdict.TakeForChange)
                {
                    gate.LookedAt(moved);
                    yield return new Look(phase, round, at, clipTime, verdict == SampleVerdict.TakeForChange);
                }
            }
        }
    }

    private static string DemoClip()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "FastVlm.Platform.sln")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return Path.Combine(folder, "models", "demo", "demo.mp4");
    }
}
