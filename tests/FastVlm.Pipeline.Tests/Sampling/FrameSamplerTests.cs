using FastVlm.Pipeline.Sampling;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Sampling;

public sealed class FrameSamplerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Takes_one_frame_per_period_of_a_fast_camera()
    {
        var taken = Taken(new FrameSampler(Second, null, byMediaTime: false), Enumerable.Range(0, 250).Select(i => i * 0.04));

        // The first gap may be a quarter shorter; after that the schedule is exact.
        Assert.Equal(0, taken[0]);
        Assert.Equal(11, taken.Count);
        Assert.All(taken.Skip(1).Zip(taken.Skip(2)), pair => Assert.Equal(1, pair.Second - pair.First, 0.05));
    }

    /// <summary>Frames that come once per period, a little early or late, are all due: none may be lost to jitter.</summary>
    [Fact]
    public void Jitter_costs_no_frame()
    {
        var random = new Random(7);
        var times = Enumerable.Range(0, 500).Select(i => i + (random.NextDouble() * 0.2)).ToList();

        Assert.Equal(500, Taken(new FrameSampler(Second, null, byMediaTime: false), times).Count);
    }

    [Theory]
    [InlineData(0.999, 1000)]
    [InlineData(1.001, 1000)]
    [InlineData(0.5, 500)]
    [InlineData(0.3, 300)]
    public void Keeps_the_average_rate(double framePeriod, int expected)
    {
        var taken = Taken(new FrameSampler(Second, null, byMediaTime: false), Enumerable.Range(0, 1000).Select(i => i * framePeriod));

        Assert.InRange(taken.Count, expected * 0.995, (expected * 1.005) + 1);
    }

    [Fact]
    public void Takes_the_first_frame_after_a_gap_and_starts_a_new_schedule()
    {
        var taken = Taken(new FrameSampler(Second, null, byMediaTime: false), [0, 1, 7.5, 7.7, 8.5]);

        Assert.Equal([0, 1, 7.5, 8.5], taken);
    }

    [Fact]
    public void A_clock_that_goes_back_does_not_stop_the_samples()
    {
        var sampler = new FrameSampler(Second, null, byMediaTime: true);

        Assert.Equal([100, 101, 0, 1], TakenByMediaTime(sampler, [100, 100.5, 101, 0, 0.5, 1]));
    }

    [Fact]
    public void Zero_takes_every_frame() =>
        Assert.Equal(50, Taken(
            new FrameSampler(TimeSpan.Zero, null, byMediaTime: false), Enumerable.Range(0, 50).Select(i => i * 0.04)).Count);

    [Theory]
    [InlineData(4.9, SampleVerdict.Take)]
    [InlineData(5.0, SampleVerdict.Take)]
    [InlineData(5.1, SampleVerdict.TooOld)]
    public void A_stale_frame_is_refused(double ageSeconds, SampleVerdict expected)
    {
        var sampler = new FrameSampler(Second, TimeSpan.FromSeconds(5), byMediaTime: false);

        Assert.Equal(expected, sampler.Judge(TestFrames.At(Start), Start + TimeSpan.FromSeconds(ageSeconds)));
    }

    [Fact]
    public void A_stale_frame_does_not_use_up_the_period()
    {
        var sampler = new FrameSampler(Second, TimeSpan.FromSeconds(5), byMediaTime: false);

        Assert.Equal(SampleVerdict.TooOld, sampler.Judge(TestFrames.At(Start), Start + TimeSpan.FromSeconds(9)));
        Assert.Equal(SampleVerdict.Take,
            sampler.Judge(TestFrames.At(Start + TimeSpan.FromSeconds(0.1)), Start + TimeSpan.FromSeconds(0.2)));
    }

    [Fact]
    public void A_scene_change_is_taken_between_two_ticks_and_leaves_the_schedule()
    {
        var sampler = new FrameSampler(5 * Second, 5 * Second, byMediaTime: false);

        Assert.Equal(
            [(0, SampleVerdict.Take), (1, SampleVerdict.NotDue), (2, SampleVerdict.TakeForChange), (3, SampleVerdict.NotDue),
                (5, SampleVerdict.Take)],
            new[] { 0, 1, 2, 3, 5 }.Select(t => (t, sampler.Judge(Changed(t, isChange: t == 2), Start + (t * Second)))));
    }

    [Theory]
    [InlineData(0, SampleVerdict.Take)]
    [InlineData(6, SampleVerdict.TooOld)]
    public void A_scene_change_is_judged_by_schedule_and_age_first(double ageSeconds, SampleVerdict expected) => Assert.Equal(
        expected,
        new FrameSampler(Second, 5 * Second, byMediaTime: false).Judge(Changed(0, isChange: true), Start + (ageSeconds * Second)));

    private static Pipeline.Frames.Frame Changed(double seconds, bool isChange) =>
        TestFrames.At(Start + (seconds * Second)) with { IsSceneChange = isChange };

    private static List<double> Taken(FrameSampler sampler, IEnumerable<double> times) =>
        [.. times.Where(t =>
            sampler.Judge(TestFrames.At(Start + TimeSpan.FromSeconds(t)), Start + TimeSpan.FromSeconds(t)) == SampleVerdict.Take)];

    private static List<double> TakenByMediaTime(FrameSampler sampler, IEnumerable<double> times) =>
        [.. times.Where(t => sampler.Judge(TestFrames.At(Start, mediaTime: TimeSpan.FromSeconds(t)), Start) == SampleVerdict.Take)];
}
