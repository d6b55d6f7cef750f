using FastVlm.Pipeline;
using FastVlm.TestKit;
using FastVlm.TestKit.Rtsp;
using FastVlm.Video.Sources;

namespace FastVlm.Video.Tests;

public sealed class FfmpegProbeTests
{
    private readonly FfmpegProbe probe = new();
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Describes_a_file()
    {
        var path = await TestFfmpeg.ClipAsync(
            "probe.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25", "-f", "lavfi", "-i", "sine", "-t", "2", "-c:v",
                "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac");
        var turned = await TestFfmpeg.ClipAsync("probe-turned.mp4", "-i", path, "-c", "copy", "-metadata:s:v:0", "rotate=90");

        var media = await probe.DescribeAsync(VideoSource.Parse(path), RtspTransport.Tcp, cancellation);

        Assert.Equal(
            new MediaDescription
            {
                HasVideo = true,
                HasAudio = true,
                VideoCodec = "h264",
                WidthPx = 320,
                HeightPx = 180,
                FramesPerSecond = 25,
                Duration = media.Duration,
            },
            media);
        Assert.Equal(2, media.Duration!.Value.TotalSeconds, 0.1);

        // This ffmpeg writes a matrix that turns counter-clockwise for rotate=90.
        Assert.Equal(270, (await probe.DescribeAsync(VideoSource.Parse(turned), RtspTransport.Tcp, cancellation)).RotationDegrees);
    }

    [Theory]
    [InlineData("h264")]
    [InlineData("hevc")]
    public async Task Describes_a_camera(string codec)
    {
        await using var server = RtspTestServer.Start(
            new() { VideoPath = await TestFfmpeg.AnnexBAsync(codec), Authentication = RtspAuthentication.Digest });

        var media = await probe.DescribeAsync(VideoSource.Parse(server.UrlWithPassword), RtspTransport.Tcp, cancellation);

        Assert.Equal((true, codec, 320, 180, null), (media.HasVideo, media.VideoCodec, media.WidthPx, media.HeightPx, media.Duration));
    }

    [Fact]
    public async Task A_camera_with_sound_only_has_no_video()
    {
        await using var server = RtspTestServer.Start(new());

        var media = await probe.DescribeAsync(VideoSource.Parse(server.Url), RtspTransport.Tcp, cancellation);

        Assert.Equal((false, true, null), (media.HasVideo, media.HasAudio, media.VideoCodec));
    }

    [Fact]
    public async Task Tells_why_a_camera_cannot_be_described()
    {
        await using var server = RtspTestServer.Start(
            new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264"), Authentication = RtspAuthentication.Basic });

        var failure = await Assert.ThrowsAsync<FailureException>(
            () => probe.DescribeAsync(VideoSource.Parse(server.UrlWith("operator", "wr0ng-pass")), RtspTransport.Tcp, cancellation));

        Assert.Equal(FailureKind.Unauthorized, failure.Kind);
        Assert.DoesNotContain("wr0ng-pass", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", false)]
    [InlineData(
        """{"streams":[{"codec_type":"video","codec_name":"mjpeg","width":300,"height":300,"disposition":{"attached_pic":1}}]}""", false)]
    [InlineData(
        """{"streams":[{"codec_type":"video","codec_name":"h264","width":0,"height":0,"avg_frame_rate":"0/0"}]}""", true)]
    public void Understands_what_ffprobe_may_say(string json, bool hasVideo)
    {
        var media = FfmpegProbe.Parse(json);

        Assert.Equal(hasVideo, media.HasVideo);
        Assert.Null(media.WidthPx);
        Assert.Null(media.Duration);
    }
}
