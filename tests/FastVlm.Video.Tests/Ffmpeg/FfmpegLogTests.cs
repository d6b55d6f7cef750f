using FastVlm.Pipeline;
using FastVlm.Video.Ffmpeg;

namespace FastVlm.Video.Tests.Ffmpeg;

public sealed class FfmpegLogTests
{
    [Fact]
    public void The_tail_keeps_the_last_lines_redacted()
    {
        var tail = new FfmpegLogTail(line => line.Replace("secret", "***", StringComparison.Ordinal), VideoLimits.LogTailLines);
        for (var i = 0; i < 250; i++)
        {
            tail.Add($"secret {i}");
        }

        Assert.Equal(Enumerable.Range(150, 100).Select(i => $"*** {i}"), tail.Lines);
    }

    [Theory]
    [InlineData(
        "[Parsed_showinfo_1 @ 0x55] [info] n:   0 pts:      0 pts_time:0       pos:       -1 fmt:yuv420p sar:1/1 s:640x360", 0.0, 640, 360)]
    [InlineData(
        "[Parsed_showinfo_0 @ 0x55] [info] n:  12 pts:  18000 pts_time:0.2     pos:     4711 fmt:yuvj420p cl:left sar:0/1 s:7680x4320 i:P",
        0.2, 7680, 4320)]
    [InlineData(
        "[Parsed_showinfo_0 @ 0x55] [info] n:   1 pts:   NOPTS pts_time:NOPTS   pos:       -1 fmt:rgb24 sar:1/1 s:16x8", null, 16, 8)]
    public void A_frame_line_is_read(string line, double? seconds, int widthPx, int heightPx)
    {
        var trace = FrameTrace.Parse(line);

        Assert.Equal(new FrameTrace(seconds is { } s ? TimeSpan.FromSeconds(s) : null, widthPx, heightPx), trace);
    }

    [Theory]
    [InlineData("[Parsed_showinfo_1 @ 0x55] [info] config in time_base: 1/90000, frame_rate: 15/1", true)]
    [InlineData("[Parsed_showinfo_1 @ 0x55] [info]   side data - User Data Unregistered:", true)]
    [InlineData("[info]   Stream #0:0: Video: h264 (High), yuv420p, 640x360", false)]
    [InlineData("", false)]
    public void Other_lines_are_no_frames(string line, bool isTraceLine)
    {
        Assert.Null(FrameTrace.Parse(line));
        Assert.Equal(isTraceLine, FrameTrace.IsTraceLine(line));
    }

    [Theory]
    [InlineData("[rtsp @ 0x1] [error] method DESCRIBE failed: 401 Unauthorized", FailureKind.Unauthorized)]
    [InlineData("[http @ 0x1] [error] HTTP error 403 Forbidden", FailureKind.Unauthorized)]
    [InlineData("[tcp @ 0x1] [error] Connection to tcp://10.0.0.9:554?timeout=0 failed: No route to host", FailureKind.SourceUnreachable)]
    [InlineData("[tcp @ 0x1] [error] Failed to resolve hostname nowhere: Name or service not known", FailureKind.SourceUnreachable)]
    [InlineData("[in#0] [error] Error opening input: Connection timed out", FailureKind.SourceUnreachable)]
    [InlineData("Stream map '0:V:0' matches no streams.", FailureKind.NoVideo)]
    [InlineData("[mjpeg @ 0x1] [error] Picture size 0x0 is invalid", FailureKind.PictureInvalid)]
    [InlineData("[fatal] Unrecognized option 'fps_mode'.", FailureKind.ToolMissing)]
    [InlineData("[fatal] something new", FailureKind.SourceUnreachable)]
    public void A_failure_is_told_by_its_kind(string line, FailureKind expected)
    {
        var failure = FfmpegFailure.NothingRead("rtsp://***@cam/1", ["[info] Input #0", line]);

        Assert.Equal(expected, failure.Kind);
        Assert.StartsWith("The source 'rtsp://***@cam/1' ", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
    }
}
