namespace FastVlm.Pipeline.Tests;

/// <summary>The relations between limits on which the code relies.</summary>
public sealed class LimitsTests
{
    [Fact]
    public void A_stall_is_noticed_within_five_seconds() => Assert.True(Limits.StallAfter < TimeSpan.FromSeconds(5));

    [Fact]
    public void Opening_a_source_may_take_longer_than_a_stall() => Assert.True(Limits.FirstFrameWithin > Limits.StallAfter);

    [Fact]
    public void Only_the_newest_frame_waits() => Assert.Equal(1, Limits.FramesInSlotMax);

    [Fact]
    public void Waits_between_tries_grow()
    {
        Assert.True(Limits.FeedRetryFirst < Limits.FeedRetryMax);
        Assert.True(Limits.WebhookRetryFirst < Limits.WebhookRetryMax);
        Assert.InRange(Limits.RetryJitter, 0, 0.5);
    }

    /// <summary>Otherwise a source that always fails after the longest wait would be tried fast for ever.</summary>
    [Fact]
    public void A_source_is_stable_only_after_more_than_a_stall() => Assert.True(Limits.FeedStableAfter > Limits.StallAfter);
}
