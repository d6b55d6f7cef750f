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
}
