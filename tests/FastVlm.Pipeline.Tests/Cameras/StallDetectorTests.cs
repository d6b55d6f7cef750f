using FastVlm.Pipeline.Cameras;

namespace FastVlm.Pipeline.Tests.Cameras;

public sealed class StallDetectorTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(false, 19.9, FeedVerdict.Healthy)]
    [InlineData(false, 20.0, FeedVerdict.Stalled)]
    [InlineData(true, 3.9, FeedVerdict.Healthy)]
    [InlineData(true, 4.0, FeedVerdict.Stalled)]
    public void Has_more_patience_before_the_first_frame(bool hasFrame, double silentSeconds, FeedVerdict expected)
    {
        var detector = new StallDetector(firstFrameWithin: TimeSpan.FromSeconds(20), stallAfter: TimeSpan.FromSeconds(4), TimeSpan.Zero);
        if (hasFrame)
        {
            detector.FrameArrived(Start);
        }

        detector.WaitStarted(Start);

        Assert.Equal(expected, detector.Judge(Start + TimeSpan.FromSeconds(silentSeconds)));
    }

    [Fact]
    public void Only_the_present_wait_counts()
    {
        var detector = new StallDetector(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(4), TimeSpan.Zero);
        detector.WaitStarted(Start);
        detector.FrameArrived(Start);
        detector.WaitStarted(Start + TimeSpan.FromSeconds(100));

        Assert.Equal(FeedVerdict.Healthy, detector.Judge(Start + TimeSpan.FromSeconds(103)));
        Assert.Equal(TimeSpan.FromSeconds(1), detector.RemainingAt(Start + TimeSpan.FromSeconds(103)));
        Assert.Equal(TimeSpan.Zero, detector.RemainingAt(Start + TimeSpan.FromSeconds(200)));
    }

    /// <summary>Silence that is allowed after frames at the given seconds.</summary>
    [Theory]
    [InlineData(0, "0 0.2 0.4 0.6", 4)]
    [InlineData(1, "0", 4)]
    [InlineData(10, "0", 25)]
    [InlineData(10, "0 10 20", 25)]
    [InlineData(10, "0 10 20 30", 25)]
    [InlineData(10, "0 0.2 0.4 0.6", 4)]
    [InlineData(10, "0 2 4 6", 5)]
    [InlineData(10, "0 2 4 10", 15)]
    [InlineData(10, "0 9 10 11 12 13 14 15 16 17 18", 4)]
    public void A_slow_source_is_given_its_own_time(double slowestSeconds, string frames, double silenceMaxSeconds)
    {
        var detector = new StallDetector(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(slowestSeconds));
        detector.WaitStarted(Start);
        foreach (var seconds in frames.Split(' '))
        {
            var at = Start.AddSeconds(double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
            detector.FrameArrived(at);
            detector.WaitStarted(at);
        }

        Assert.Equal(silenceMaxSeconds, detector.SilenceMax.TotalSeconds, 0.001);
    }
}
