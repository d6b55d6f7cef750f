using System.Globalization;
using FastVlm.Pipeline.Frames;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Frames;

public sealed class LatestFrameSlotTests
{
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_newest_frame_wins_and_the_others_are_counted()
    {
        var slot = new LatestFrameSlot(keepEveryFrame: false);
        for (var i = 0; i < 5; i++)
        {
            await slot.PutAsync(TestFrames.At(default, i), cancellation);
        }

        Assert.Equal(4, (await slot.TakeAsync(cancellation))!.Index);
        Assert.Equal(4, slot.ReplacedCount);
    }

    [Fact]
    public async Task A_recording_waits_for_its_reader_and_loses_nothing()
    {
        var slot = new LatestFrameSlot(keepEveryFrame: true);
        await slot.PutAsync(TestFrames.At(default, 0), cancellation);
        var second = slot.PutAsync(TestFrames.At(default, 1), cancellation);

        Assert.False(second.IsCompleted);
        Assert.Equal(0, (await slot.TakeAsync(cancellation))!.Index);

        await second;
        Assert.Equal(1, (await slot.TakeAsync(cancellation))!.Index);
        Assert.Equal(0, slot.ReplacedCount);
    }

    [Fact]
    public async Task The_last_frame_can_be_taken_after_the_end()
    {
        var slot = new LatestFrameSlot(keepEveryFrame: false);
        await slot.PutAsync(TestFrames.At(default, 7), cancellation);
        slot.Complete();

        Assert.Equal(7, (await slot.TakeAsync(cancellation))!.Index);
        Assert.Null(await slot.TakeAsync(cancellation));
    }

    [Fact]
    public async Task A_failure_reaches_the_reader()
    {
        var slot = new LatestFrameSlot(keepEveryFrame: false);
        slot.Complete(new FailureException(FailureKind.NoVideo, "no video"));

        var failure = await Assert.ThrowsAsync<FailureException>(async () => await slot.TakeAsync(cancellation));

        Assert.Equal(FailureKind.NoVideo, failure.Kind);
    }

    /// <summary>What waits while ordinary frames (at the given seconds) and scene changes (negative seconds) come.</summary>
    [Theory]
    [InlineData("1 2 3", 3, 2)]
    [InlineData("1 -2 3 4", 2, 3)]
    [InlineData("-1 -2 3", 2, 2)]
    [InlineData("-1 2 6", 1, 2)]
    [InlineData("-1 2 6.1", 6.1, 2)]
    [InlineData("-1 2 -7", 7, 2)]
    public async Task A_scene_change_is_kept_until_it_is_stale_or_a_newer_one_comes(string times, double waiting, int replaced)
    {
        var slot = new LatestFrameSlot(keepEveryFrame: false) { FreshnessLimit = TimeSpan.FromSeconds(5) };
        foreach (var time in times.Split(' ').Select(t => double.Parse(t, CultureInfo.InvariantCulture)))
        {
            var frame = TestFrames.At(DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(Math.Abs(time))) with { IsSceneChange = time < 0 };
            await slot.PutAsync(frame, cancellation);
        }

        var taken = await slot.TakeAsync(cancellation);
        Assert.Equal(waiting, (taken!.CapturedAt - DateTimeOffset.UnixEpoch).TotalSeconds, 0.001);
        Assert.Equal(replaced, slot.ReplacedCount);
    }
}
