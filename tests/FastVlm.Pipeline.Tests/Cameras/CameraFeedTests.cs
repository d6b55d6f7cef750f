using FastVlm.Pipeline.Cameras;
using FastVlm.TestKit;

namespace FastVlm.Pipeline.Tests.Cameras;

public sealed class CameraFeedTests : IAsyncDisposable
{
    private static readonly FailureException Refused = new(FailureKind.Unauthorized, "The camera refuses the password.");

    private readonly ManualTimeProvider time = new();
    private readonly FakeFrameSource source = new();
    private readonly Collector<CameraStatus> statuses = new("statuses");
    private readonly CollectingLogger logger = new();
    private readonly CancellationTokenSource stop = new();
    private Task running = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    [Fact]
    public async Task Passes_frames_on_and_is_live()
    {
        var feed = Start(isLive: true);
        source.Push(TestFrames.At(time.GetUtcNow(), 3));

        Assert.Equal(3, (await feed.Frames.TakeAsync(stop.Token))!.Index);
        Assert.Equal([CameraState.Connecting, CameraState.Live], statuses.Items.Select(s => s.State));
        Assert.Equal(1, feed.Counts.FramesRead);
    }

    [Fact]
    public async Task Opens_a_lost_source_again_with_growing_waits_for_ever()
    {
        source.FailureAtOpening = Refused;
        Start(isLive: true);

        List<double> waits = [];
        for (var i = 0; i < 7; i++)
        {
            var status = await statuses.WaitForAsync(
                s => s.State == CameraState.Offline && s.Attempt == i + 1, $"offline after try {i + 1}");
            await RetryWaitAsync(status);
            waits.Add(status.RetryIn!.Value.TotalSeconds);
            Assert.Equal((Refused.Message, FailureKind.Unauthorized), (status.Reason, status.FailureKind));
            time.Advance(status.RetryIn.Value);
        }

        Assert.All(waits.Zip([1.0, 2, 4, 8, 16, 30, 30]), pair => Assert.InRange(pair.First, pair.Second * 0.8, pair.Second));
    }

    [Fact]
    public async Task Frames_resume_after_a_restart_and_the_reason_is_forgotten()
    {
        var feed = Start(isLive: true);
        source.Push(TestFrames.At(time.GetUtcNow(), 0));
        await feed.Frames.TakeAsync(stop.Token);
        source.End();

        var lost = await statuses.WaitForAsync(s => s.State == CameraState.Offline, "offline");
        await RetryWaitAsync(lost);
        time.Advance(lost.RetryIn!.Value);
        await source.Openings.WaitForCountAsync(2);
        source.Push(TestFrames.At(time.GetUtcNow(), 0));
        await feed.Frames.TakeAsync(stop.Token);

        Assert.Equal("The stream ended.", lost.Reason);
        Assert.Equal(
            [CameraState.Connecting, CameraState.Live, CameraState.Offline, CameraState.Connecting, CameraState.Live],
            statuses.Items.Select(s => s.State));
        Assert.Null(feed.Status.Reason);
        Assert.Equal(lost.Reason, statuses.Items[3].Reason);
    }

    [Fact]
    public async Task Notices_silence_closes_the_source_and_opens_it_again()
    {
        var feed = Start(isLive: true);
        source.Push(TestFrames.At(time.GetUtcNow(), 0));
        await feed.Frames.TakeAsync(stop.Token);
        await time.Timers.WaitForAsync(t => t == Limits.StallAfter, "the wait for the second frame");

        time.Advance(Limits.StallAfter);

        var stalled = await statuses.WaitForAsync(s => s.State == CameraState.Stalled, "stalled");
        await source.Closings.WaitForCountAsync(1);
        var lost = await statuses.WaitForAsync(s => s.State == CameraState.Offline, "offline");
        Assert.Equal("The camera 'test-camera' sent no frame for 4 s; check the camera and the network to it.", stalled.Reason);
        await RetryWaitAsync(lost);
        time.Advance(lost.RetryIn!.Value);
        await source.Openings.WaitForCountAsync(2);
        Assert.Equal(1, feed.Counts.Snapshot(0).Stalls);
        Assert.Equal(1, feed.Counts.Snapshot(0).Restarts);
    }

    [Fact]
    public async Task A_source_that_never_answers_has_stalled_too()
    {
        Start(isLive: true);
        await time.Timers.WaitForAsync(t => t == Limits.FirstFrameWithin, "the wait for the first frame");

        time.Advance(Limits.FirstFrameWithin);

        var stalled = await statuses.WaitForAsync(s => s.State == CameraState.Stalled, "stalled");
        Assert.Contains("sent no frame for 20 s", stalled.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_consumer_that_takes_its_time_is_no_stall()
    {
        var feed = Start(isLive: false);
        source.Push(TestFrames.At(time.GetUtcNow(), 0));
        source.Push(TestFrames.At(time.GetUtcNow(), 1));
        source.Push(TestFrames.At(time.GetUtcNow(), 2));
        source.End();

        // The first waits in the slot, the second to be put there.
        await TestTimeouts.UntilAsync(() => feed.Counts.FramesRead == 2, "two frames read");
        time.Advance(TimeSpan.FromHours(1));

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(i, (await feed.Frames.TakeAsync(stop.Token))!.Index);
        }

        await running.Within("the end of the recording");
        Assert.DoesNotContain(statuses.Items, s => s.State == CameraState.Stalled);
    }

    [Fact]
    public async Task A_stable_source_starts_with_the_shortest_wait_again()
    {
        source.FailureAtOpening = Refused;
        var feed = Start(isLive: true);
        for (var i = 1; i <= 3; i++)
        {
            await RetryAsync(i);
        }

        source.FailureAtOpening = null;
        await RetryAsync(4);
        source.Push(TestFrames.At(time.GetUtcNow(), 0));
        await feed.Frames.TakeAsync(stop.Token);
        for (var i = 1; i <= 4; i++)
        {
            await time.Timers.WaitForAsync(t => t == Limits.StallAfter, "the wait for the next frame");
            time.Advance(TimeSpan.FromSeconds(3));
            source.Push(TestFrames.At(time.GetUtcNow(), i));
            await feed.Frames.TakeAsync(stop.Token);
        }

        var before = statuses.Items.Count;
        source.End();

        var lost = await statuses.WaitForAsync(s => s.State == CameraState.Offline, "offline", before);
        Assert.InRange(lost.RetryIn!.Value.TotalSeconds, 0.8, 1);
    }

    [Fact]
    public async Task A_recording_ends_once()
    {
        Start(isLive: false);
        source.End();

        await running.Within("the end of the recording");

        Assert.Single(source.Openings.Items);
        Assert.Equal(CameraState.Ended, statuses.Items[^1].State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fails_at_once_where_it_should(bool isLive)
    {
        source.FailureAtOpening = Refused;
        var feed = Start(isLive, failBeforeFirstFrame: true);

        var thrown = await Assert.ThrowsAsync<FailureException>(() => running.Within("the failure"));
        var taken = await Assert.ThrowsAsync<FailureException>(async () => await feed.Frames.TakeAsync(stop.Token));

        Assert.Same(Refused, thrown);
        Assert.Same(Refused, taken);
        Assert.Single(source.Openings.Items);
    }

    [Fact]
    public async Task A_defect_of_the_reader_is_logged_and_costs_one_restart()
    {
        source.FailureAtOpening = new InvalidDataException("a bug");
        Start(isLive: true);

        var lost = await statuses.WaitForAsync(s => s.State == CameraState.Offline, "offline");

        Assert.Equal(FailureKind.Internal, lost.FailureKind);
        Assert.Contains(logger.Lines.Items, line =>
            line.StartsWith("Error:", StringComparison.Ordinal) && line.Contains("a bug", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stops_at_once_and_waits_for_the_source()
    {
        Start(isLive: true);
        await source.Openings.WaitForCountAsync(1);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Within("the stop"));
        Assert.Single(source.Closings.Items);
    }

    /// <summary>The source stays open: only more frames can tell when the picture is healthy again.</summary>
    [Fact]
    public async Task A_frozen_picture_is_told_its_frames_go_no_further_and_it_recovers_by_itself()
    {
        var feed = Start(isLive: true);
        feed.Inspector.Options = new InspectionOptions { JudgesHealth = true, FrozenAfter = TimeSpan.FromSeconds(3) };
        for (var i = 0; i <= 4; i++)
        {
            await PushAsync(feed, i, red: 1);
        }

        var stalled = await statuses.WaitForAsync(s => s.State == CameraState.Stalled, "stalled");
        await PushAsync(feed, 5, red: 2);
        var live = await statuses.WaitForAsync(s => s.State == CameraState.Live && s.Since > stalled.Since, "live again");

        Assert.Equal("The picture has not changed for 3 s although frames arrive.", stalled.Reason);
        Assert.Equal((stalled.Since, null, null), (stalled.DownSince, live.DownSince, live.Reason));
        Assert.Equal(2, feed.Counts.Snapshot(0).FramesDropped[DropReason.BadPicture]);
        Assert.Equal(5, (await feed.Frames.TakeAsync(stop.Token))!.Index);
        Assert.Single(source.Openings.Items);
    }

    [Fact]
    public async Task Tells_since_when_a_camera_is_down_through_all_tries()
    {
        var feed = Start(isLive: true);
        await PushAsync(feed, 0, red: 1);
        source.End();
        var lost = await statuses.WaitForAsync(s => s.State == CameraState.Offline, "offline");
        source.FailureAtOpening = Refused;
        await RetryWaitAsync(lost);
        time.Advance(lost.RetryIn!.Value);
        var again = await statuses.WaitForAsync(s => s.State == CameraState.Offline && s.Reason == Refused.Message, "offline again");

        Assert.True(again.Since > lost.Since);
        Assert.Equal(lost.Since, again.DownSince);
    }

    private async Task PushAsync(CameraFeed feed, int seconds, byte red)
    {
        var read = feed.Counts.FramesRead;
        source.Push(TestFrames.At(time.GetUtcNow(), seconds) with { Image = new Pipeline.Frames.RgbImage(1, 1, [red, 100, 100]) });
        await TestTimeouts.UntilAsync(() => feed.Counts.FramesRead > read, "the frame read");
        time.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>Timers count whole milliseconds.</summary>
    private Task<TimeSpan> RetryWaitAsync(CameraStatus lost) =>
        time.Timers.WaitForAsync(t => (t - lost.RetryIn!.Value).Duration() <= TimeSpan.FromMilliseconds(1), "the wait for the retry");

    private async Task RetryAsync(int attempt)
    {
        var lost = await statuses.WaitForAsync(s => s.State == CameraState.Offline && s.Attempt == attempt, $"offline after try {attempt}");
        await RetryWaitAsync(lost);
        time.Advance(lost.RetryIn!.Value);
        await source.Openings.WaitForCountAsync(attempt + 1);
    }

    private CameraFeed Start(bool isLive, bool failBeforeFirstFrame = false)
    {
        var options = new CameraFeedOptions { IsLive = isLive, FailBeforeFirstFrame = failBeforeFirstFrame, OnStatus = statuses.Add };
        var feed = new CameraFeed(TestFrames.Camera, source, options, time, logger);
        running = feed.RunAsync(stop.Token);
        return feed;
    }
}
