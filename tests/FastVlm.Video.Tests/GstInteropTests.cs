using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.TestKit;

namespace FastVlm.Video.Tests;

/// <summary>The sources against gst-rtsp-server, an implementation that shares nothing with our test server.</summary>
public sealed class GstInteropTests
{
    [Theory]
    [InlineData(RtspTransport.Tcp, "digest")]
    [InlineData(RtspTransport.Tcp, "basic")]
    [InlineData(RtspTransport.Udp, "digest")]
    public async Task Reads_a_protected_stream(RtspTransport transport, string method)
    {
        await GstRtspServer.SkipUnlessInstalledAsync();
        using var server = await GstRtspServer.StartAsync($"joe:p@ss:{method}");

        var frames = await FrameReading.Open(
            server.Url("joe:p%40ss@"), new() { FramePeriod = TimeSpan.Zero, RtspTransport = transport }).TakeAsync(15);

        Assert.Equal(15, frames.Count);
        Assert.All(frames, f => Assert.Equal((320, 180), (f.Image.WidthPx, f.Image.HeightPx)));
        Assert.All(frames.Skip(2).Zip(frames.Skip(3)), pair =>
            Assert.Equal(0.1, (pair.Second.MediaTime!.Value - pair.First.MediaTime!.Value).TotalSeconds, 0.02));
    }

    [Fact]
    public async Task Tells_a_refused_password()
    {
        await GstRtspServer.SkipUnlessInstalledAsync();
        using var server = await GstRtspServer.StartAsync("joe:p@ss:digest");

        var (_, failure) = await FrameReading.Open(server.Url("joe:wrong@")).ReadToEndAsync();

        Assert.Equal(FailureKind.Unauthorized, failure!.Kind);
    }

    [Fact]
    public async Task A_stopped_server_process_is_noticed_and_frames_resume()
    {
        await GstRtspServer.SkipUnlessInstalledAsync();
        using var server = await GstRtspServer.StartAsync(credentials: null);
        using var stop = new CancellationTokenSource();
        var statuses = new Collector<CameraStatus>("statuses");
        var options = new CameraFeedOptions { IsLive = true, OnStatus = statuses.Add };
        var source = FrameReading.Open(server.Url(), new() { FrameSidePxMax = 309 });
        var feed = new CameraFeed(FrameReading.Camera, source, options, TimeProvider.System, new CollectingLogger());
        var running = feed.RunAsync(stop.Token);
        Assert.NotNull(await feed.Frames.TakeAsync(stop.Token).AsTask().Within("a frame"));

        await server.SignalAsync("STOP");
        await statuses.WaitForAsync(s => s.State == CameraState.Stalled, "stalled");
        await server.SignalAsync("CONT");
        await statuses.WaitForAsync(s => s.State == CameraState.Live, "live again", from: 2);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Within("the stop"));
        Assert.Empty(ChildProcesses.WithCommandLine("min(309/"));
    }
}
