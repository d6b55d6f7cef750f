using FastVlm.Pipeline;

namespace FastVlm.Video.Tests;

public sealed class VideoLimitsTests
{
    [Fact]
    public void A_live_source_shows_life_often_enough_for_the_stall_detector() =>
        Assert.True(VideoLimits.FramePeriodMax * 2 < Limits.StallAfter);

    [Fact]
    public void The_stall_detector_acts_before_the_socket_timeout() => Assert.True(Limits.StallAfter < VideoLimits.SocketTimeout);

    [Fact]
    public void The_largest_picture_fits_in_one_array() =>
        Assert.True((long)VideoLimits.PictureSidePxMax * VideoLimits.PictureSidePxMax * 3 <= Array.MaxLength);
}
