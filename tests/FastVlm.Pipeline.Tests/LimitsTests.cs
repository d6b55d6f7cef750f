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
        Assert.True(Limits.StoreRetryFirst < Limits.StoreRetryMax);
        Assert.Equal(Limits.WebhookRetryWaits.Order(), Limits.WebhookRetryWaits);
        Assert.InRange(Limits.RetryJitter, 0, 0.5);
    }

    /// <summary>
    /// Otherwise an endpoint would be disabled while a delivery still has tries, or by the tries of one delivery alone.
    /// </summary>
    [Fact]
    public void An_endpoint_is_given_up_only_after_all_tries_of_a_delivery()
    {
        Assert.True(Limits.EndpointAbandonAfter > Limits.WebhookRetryWaits.Aggregate((sum, wait) => sum + wait));
        Assert.True(Limits.EndpointAbandonAfterFailures > Limits.WebhookRetryWaits.Count + 1);
    }

    [Fact]
    public void A_receiver_may_ask_for_no_more_time_than_the_longest_wait() =>
        Assert.Equal(Limits.WebhookRetryWaits[^1], Limits.WebhookRetryAfterMax);

    /// <summary>Otherwise a source that always fails after the longest wait would be tried fast for ever.</summary>
    [Fact]
    public void A_source_is_stable_only_after_more_than_a_stall() => Assert.True(Limits.FeedStableAfter > Limits.StallAfter);

    /// <summary>A lease counts as lost only after several renewals in a row have failed, each with its time-out.</summary>
    [Fact]
    public void A_renewal_or_two_may_fail() => Assert.True(Limits.EndpointLeaseTrusted > 3 * Limits.EndpointLeaseRenewal);

    /// <summary>
    /// It is noticed one renewal and its time-out later at the latest; what is under way is broken off in no more than another
    /// renewal's time, while clocks drift apart a little.
    /// </summary>
    [Fact]
    public void Who_is_cut_off_has_ended_before_its_lease_is_over() => Assert.True(
        Limits.EndpointLeaseTrusted + (3 * Limits.EndpointLeaseRenewal) < Limits.EndpointLease);
}
