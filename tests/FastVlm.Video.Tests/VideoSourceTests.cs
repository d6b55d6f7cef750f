using FastVlm.Pipeline;
using FastVlm.TestKit;
using FastVlm.Video.Sources;

namespace FastVlm.Video.Tests;

public sealed class VideoSourceTests
{
    [Theory]
    [InlineData("rtsp://cam/1", VideoSourceKind.Rtsp, true)]
    [InlineData("RTSPS://cam/1", VideoSourceKind.Rtsp, true)]
    [InlineData("http://cam/video.mjpg", VideoSourceKind.Http, true)]
    [InlineData("https://cam/live.m3u8", VideoSourceKind.Http, true)]
    [InlineData("https://cam/clip.MP4?x=1", VideoSourceKind.Http, false)]
    public void Understands_URLs(string text, VideoSourceKind kind, bool isLive)
    {
        var source = VideoSource.Parse(text);

        Assert.Equal((kind, isLive), (source.Kind, source.IsLive));
    }

    [Fact]
    public void Understands_paths()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory.File("a.mp4"), "");
        File.WriteAllText(directory.File("a.JPG"), "");

        Assert.Equal(VideoSourceKind.File, VideoSource.Parse(directory.File("a.mp4")).Kind);
        Assert.Equal(VideoSourceKind.File, VideoSource.Parse("file://" + directory.File("a.mp4")).Kind);
        Assert.Equal(VideoSourceKind.Pictures, VideoSource.Parse(directory.File("a.JPG")).Kind);
        Assert.Equal(VideoSourceKind.Pictures, VideoSource.Parse(directory.FullPath).Kind);
        Assert.Equal(VideoSourceKind.Pictures, VideoSource.Parse(directory.File("*.jpg")).Kind);
        Assert.Equal(VideoSourceKind.Pictures, VideoSource.Parse(directory.File("%04d.jpg")).Kind);
    }

    [Theory]
    [InlineData("", FailureKind.Usage)]
    [InlineData("rtsp://cam/1\nfile 'x'", FailureKind.Usage)]
    [InlineData("ftp://user:s3cret@host/x", FailureKind.Usage)]
    [InlineData("no-such-file.mp4", FailureKind.SourceUnreachable)]
    public void Refuses_what_it_cannot_read(string text, FailureKind expected)
    {
        var failure = Assert.Throws<FailureException>(() => VideoSource.Parse(text));

        Assert.Equal(expected, failure.Kind);
        Assert.DoesNotContain("s3cret", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rtsp://cam:554/1", "rtsp://cam:554/1")]
    [InlineData("rtsp://user:pass@cam/1", "rtsp://***@cam/1")]
    [InlineData("rtsp://user@cam/1", "rtsp://***@cam/1")]
    [InlineData("rtsp://user:p@ss@cam/1", "rtsp://***@cam/1")]
    [InlineData("rtsp://user:p%40ss@[fe80::1]:554/a?channel=1&key=abc", "rtsp://***@[fe80::1]:554/a?channel=***&key=***")]
    [InlineData("http://cam/a?token=abc#x", "http://cam/a?token=***#x")]
    public void Prints_no_secret(string text, string expected)
    {
        var source = VideoSource.Parse(text);

        Assert.Equal(expected, source.ToString());
        Assert.Equal(expected, source.Redacted);
    }

    /// <summary>ffmpeg repeats URLs, in whole, in part, decoded, and of redirects.</summary>
    [Theory]
    [InlineData("[rtsp] Impossible to open 'rtsp://joe:p%40ss-word@cam/1?key=ab-cd'",
        "[rtsp] Impossible to open 'rtsp://***@cam/1?key=***'")]
    [InlineData("redirected to rtsp://joe:p%40ss-word@other/2", "redirected to rtsp://***@other/2")]
    [InlineData("password p@ss-word refused", "password *** refused")]
    [InlineData("password p%40ss-word refused", "password *** refused")]
    [InlineData("key ab-cd refused", "key *** refused")]
    [InlineData("https://ann:other-secret@elsewhere/x", "https://***@elsewhere/x")]
    [InlineData("an ordinary line", "an ordinary line")]
    public void Removes_secrets_from_foreign_lines(string line, string expected) =>
        Assert.Equal(expected, VideoSource.Parse("rtsp://joe:p%40ss-word@cam/1?key=ab-cd").Redact(line));
}
