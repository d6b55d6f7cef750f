using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Frames;
using FastVlm.TestKit;
using FastVlm.TestKit.Rtsp;

namespace FastVlm.Video.Tests;

/// <summary>A camera feed over a real ffmpeg and a real RTSP server that fails in every way it can.</summary>
public sealed class SupervisionTests : IAsyncDisposable
{
    private readonly Collector<CameraStatus> statuses = new("statuses");
    private readonly CancellationTokenSource stop = new();
    private readonly CollectingLogger logger = new();
    private Task running = Task.CompletedTask;
    private LatestFrameSlot? frames;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    [Theory]
    [InlineData("h264")]
    [InlineData("hevc")]
    public async Task Frames_resume_after_the_server_was_killed_and_restarted(string codec)
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync(codec) });
        Watch(server.Url, sidePxMax: 302);
        await TakeFrameAsync();

        await server.StopAsync();
        var lost = await statuses.WaitForAsync(s => s.State == CameraState.Offline, "offline");
        server.Restart();
        await TakeFramesAfterAsync(lost.Since);

        Assert.Equal(FailureKind.SourceUnreachable, lost.FailureKind);
        await StopAsync(sidePxMax: 302);
    }

    [Fact]
    public async Task A_server_that_stays_away_is_tried_again_until_it_is_back()
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264") });
        await server.StopAsync();
        Watch(server.Url, sidePxMax: 303);
        var third = await statuses.WaitForAsync(s => s.State == CameraState.Offline && s.Attempt == 3, "offline after three tries");

        server.Restart();
        await TakeFramesAfterAsync(third.Since);

        Assert.Contains("refuses the connection", third.Reason, StringComparison.Ordinal);
        await StopAsync(sidePxMax: 303);
    }

    /// <summary>A frozen ffmpeg ignores SIGTERM and a silent socket for a long time: only the feed's own watch helps.</summary>
    [Fact]
    public async Task A_frozen_camera_is_noticed_within_five_seconds_and_frames_resume()
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264") });
        Watch(server.Url, sidePxMax: 304);
        await TakeFrameAsync();

        server.Freeze();
        var frozenAt = TimeProvider.System.GetUtcNow();
        var stalled = await statuses.WaitForAsync(s => s.State == CameraState.Stalled, "stalled");
        server.Unfreeze();
        await TakeFramesAfterAsync(stalled.Since);

        // The promise is 5 s after the last frame, which came before the freeze; the rest is for a loaded machine.
        Assert.InRange(stalled.Since - frozenAt, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5) + TimeSpan.FromSeconds(2));
        Assert.Equal("The camera 'gate-2' sent no frame for 4 s; check the camera and the network to it.", stalled.Reason);
        await StopAsync(sidePxMax: 304);
    }

    [Fact]
    public async Task A_camera_that_freezes_while_it_is_opened_is_noticed_too()
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264") });
        server.Freeze();
        Watch(server.Url, sidePxMax: 305, firstFrameWithin: TimeSpan.FromSeconds(2));

        await statuses.WaitForAsync(s => s.State == CameraState.Stalled, "stalled");
        server.Unfreeze();
        await TakeFrameAsync();

        await StopAsync(sidePxMax: 305);
    }

    [Fact]
    public async Task A_stop_is_prompt_and_leaves_no_process()
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264") });
        Watch(server.Url, sidePxMax: 306);
        await TakeFrameAsync();
        Assert.Single(ChildProcesses.WithCommandLine("min(306/"));

        var start = TimeProvider.System.GetTimestamp();
        await StopAsync(sidePxMax: 306);

        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    private void Watch(string url, int sidePxMax, TimeSpan? firstFrameWithin = null)
    {
        var source = FrameReading.Open(url, new() { FrameSidePxMax = sidePxMax, FramePeriod = TimeSpan.FromSeconds(0.2) }, logger);
        var options = new CameraFeedOptions { IsLive = true, OnStatus = statuses.Add,
            FirstFrameWithin = firstFrameWithin ?? Limits.FirstFrameWithin };
        var feed = new CameraFeed(FrameReading.Camera, source, options, TimeProvider.System, logger);
        frames = feed.Frames;
        running = feed.RunAsync(stop.Token);
    }

    private async Task<Frame> TakeFrameAsync() => (await frames!.TakeAsync(stop.Token).AsTask().Within("a frame"))!;

    private async Task TakeFramesAfterAsync(DateTimeOffset instant)
    {
        for (var count = 0; count < 3;)
        {
            count += (await TakeFrameAsync()).CapturedAt > instant ? 1 : 0;
        }
    }

    private async Task StopAsync(int sidePxMax)
    {
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Within("the stop"));
        Assert.Empty(ChildProcesses.WithCommandLine($"min({sidePxMax}/"));
    }
}
