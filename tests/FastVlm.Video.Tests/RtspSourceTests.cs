using FastVlm.Pipeline;
using FastVlm.TestKit;
using FastVlm.TestKit.Rtsp;

namespace FastVlm.Video.Tests;

/// <summary>A real ffmpeg reads a real RTSP server.</summary>
public sealed class RtspSourceTests
{
    [Theory]
    [InlineData("h264", RtspTransport.Tcp)]
    [InlineData("hevc", RtspTransport.Tcp)]
    [InlineData("h264", RtspTransport.Udp)]
    public async Task Reads_a_stream(string codec, RtspTransport transport)
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync(codec) });

        var options = new FrameSourceOptions { FramePeriod = TimeSpan.Zero, RtspTransport = transport };
        var frames = await FrameReading.Open(server.Url, options).TakeAsync(12);

        Assert.Equal(12, frames.Count);
        Assert.All(frames, f => Assert.Equal((320, 180), (f.Image.WidthPx, f.Image.HeightPx)));
        Assert.Equal(Enumerable.Range(0, 12).Select(i => (long)i), frames.Select(f => f.Index));
        Assert.Equal(TimeSpan.Zero, frames[0].MediaTime);

        // ffmpeg gives the first picture of an RTSP stream the time of the second.
        Assert.All(frames.Skip(1).Zip(frames.Skip(2)), pair => Assert.InRange(pair.Second.MediaTime!.Value - pair.First.MediaTime!.Value, TimeSpan.FromMilliseconds(99), TimeSpan.FromMilliseconds(101)));
        Assert.Empty(ChildProcesses.WithCommandLine("image2pipe"));
    }

    [Theory]
    [InlineData(RtspAuthentication.Basic)]
    [InlineData(RtspAuthentication.Digest)]
    public async Task Gives_the_right_password(RtspAuthentication authentication)
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264"), Authentication = authentication });

        var frames = await FrameReading.Open(server.UrlWithPassword).TakeAsync(2);

        Assert.Equal(2, frames.Count);
    }

    [Theory]
    [InlineData(RtspAuthentication.Basic, "operator:wrong@")]
    [InlineData(RtspAuthentication.Digest, "operator:wrong@")]
    [InlineData(RtspAuthentication.Digest, "")]
    public async Task Tells_a_refused_password(RtspAuthentication authentication, string userInfo)
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264"), Authentication = authentication });

        var (frames, failure) = await FrameReading.Open(server.Url.Replace("://", "://" + userInfo, StringComparison.Ordinal)).ReadToEndAsync();

        Assert.Empty(frames);
        Assert.Equal(FailureKind.Unauthorized, failure!.Kind);
        Assert.DoesNotContain("wrong", failure.Message, StringComparison.Ordinal);
    }
}
