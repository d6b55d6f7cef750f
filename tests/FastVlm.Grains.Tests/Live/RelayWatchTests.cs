using FastVlm.Grains.Live;

namespace FastVlm.Grains.Tests.Live;

public sealed class RelayWatchTests
{
    private static readonly TimeSpan Silence = ClusterLimits.LiveSilentAfter;

    [Fact]
    public void A_stream_that_keeps_a_pulse_is_silent_after_a_while()
    {
        var watch = new RelayWatch();
        watch.Sent(1, TimeSpan.FromSeconds(10));
        watch.Sent(1, TimeSpan.FromSeconds(12));

        Assert.Empty(watch.TakeSilent(TimeSpan.FromSeconds(10) + Silence - TimeSpan.FromTicks(1)));
        Assert.Equal([1], watch.TakeSilent(TimeSpan.FromSeconds(10) + Silence));
    }

    [Fact]
    public void A_stream_that_brings_pulses_back_is_not()
    {
        var watch = new RelayWatch();
        watch.Sent(1, TimeSpan.Zero);
        watch.Seen(1);
        watch.Sent(1, Silence);

        Assert.Empty(watch.TakeSilent(Silence));
    }

    [Fact]
    public void A_stream_that_takes_no_pulse_is_not() => Assert.Empty(new RelayWatch().TakeSilent(Silence * 10));

    [Fact]
    public void A_silent_stream_gets_the_whole_time_again()
    {
        var watch = new RelayWatch();
        watch.Sent(1, TimeSpan.Zero);
        Assert.Equal([1], watch.TakeSilent(Silence));

        Assert.Empty(watch.TakeSilent(Silence));
        watch.Sent(1, Silence);
        Assert.Empty(watch.TakeSilent(Silence * 1.5));
        Assert.Equal([1], watch.TakeSilent(Silence * 2));
    }

    [Fact]
    public void Pulses_come_often_enough_to_tell() => Assert.True(ClusterLimits.LivePulsePeriod * 3 <= Silence);
}
