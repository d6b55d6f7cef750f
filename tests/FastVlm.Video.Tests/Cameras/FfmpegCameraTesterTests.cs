using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.Pipeline.Frames;
using FastVlm.TestKit;
using FastVlm.TestKit.Rtsp;
using FastVlm.Video.Cameras;
using FastVlm.Video.Jpeg;

namespace FastVlm.Video.Tests.Cameras;

public sealed class FfmpegCameraTesterTests : IDisposable
{
    private readonly TempDirectory folder = new();
    private readonly CollectingLogger logger = new();
    private readonly FfmpegCameraTester tester;
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    public FfmpegCameraTesterTests()
    {
        var sources = new CameraSources(new CameraPlaces(folder.FullPath, folder.FullPath), 192, TimeProvider.System, logger);
        tester = new FfmpegCameraTester(sources, new JpegEncoder());
    }

    public void Dispose()
    {
        tester.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Shows_what_a_camera_sends_and_what_should_be_known()
    {
        await using var server = RtspTestServer.Start(
            new() { VideoPath = await TestFfmpeg.AnnexBAsync("hevc"), Authentication = RtspAuthentication.Digest });
        var spec = Spec(server, "s3cret@gate");

        var test = await tester.TestAsync(spec, cancellation);
        var picture = await Decode(test);

        Assert.True(test.Succeeded, test.Error);
        Assert.Equal(("hevc", 320, 180, null), (test.Codec, test.WidthPx, test.HeightPx, test.Error));
        Assert.Equal((192, 108), (picture.WidthPx, picture.HeightPx));
        Assert.Collection(
            test.Warnings,
            warning => Assert.StartsWith("The camera sends H.265", warning, StringComparison.Ordinal),
            warning => Assert.StartsWith("User and password travel over plain RTSP", warning, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_password_is_told_without_it()
    {
        await using var server = RtspTestServer.Start(
            new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264"), Authentication = RtspAuthentication.Basic });
        var spec = Spec(server, "wr0ng-pass");

        var test = await tester.TestAsync(spec, cancellation);

        Assert.Equal((false, null), (test.Succeeded, test.Picture));
        Assert.Contains("(401 Unauthorized)", test.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("wr0ng-pass", test.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_picture_is_cut_and_masked()
    {
        var clip = await TestFfmpeg.ClipAsync(
            "white-hd.mp4", "-f", "lavfi", "-i", "color=white:s=2560x1440:r=10", "-t", "1", "-c:v", "libx264", "-preset", "ultrafast",
            "-pix_fmt", "yuv420p");
        File.Copy(clip, folder.File("white.mp4"));
        var spec = new CameraSpec
        {
            Url = new("media:white.mp4"),
            Region = new() { Width = 0.5 },
            PrivacyMasks = [new() { Points = [new(0, 0), new(0.25, 0), new(0.25, 1), new(0, 1)] }],
        };

        var test = await tester.TestAsync(spec, cancellation);
        var picture = await Decode(test);

        // The left half of the picture, of which the left half is masked.
        Assert.Equal((171, 192), (picture.WidthPx, picture.HeightPx));
        Assert.InRange(picture.Pixels[((96 * 171) + 40) * 3], 0, 8);
        Assert.InRange(picture.Pixels[((96 * 171) + 130) * 3], 247, 255);
        Assert.Collection(
            test.Warnings,
            warning => Assert.StartsWith("Live video is not shown", warning, StringComparison.Ordinal),
            warning => Assert.StartsWith("The picture is 2560×1440 px", warning, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("media:nothing.mp4", "There is no file 'nothing.mp4' in the media folder")]
    [InlineData("gopher://x", "The address 'gopher://x' is no camera")]
    public async Task What_is_no_camera_is_an_outcome_too(string address, string error)
    {
        var test = await tester.TestAsync(new CameraSpec { Url = new(address) }, cancellation);

        Assert.StartsWith(error, test.Error, StringComparison.Ordinal);
    }

    /// <summary>The server lets nobody through: those that run are counted while they hang.</summary>
    [Fact]
    public async Task No_more_than_four_run_at_once()
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264") });
        server.Freeze();
        using var stop = new CancellationTokenSource();
        var spec = new CameraSpec { Url = new(server.Url) };

        var tests = Enumerable.Range(0, 6).Select(_ => tester.TestAsync(spec, stop.Token)).ToList();
        await TestTimeouts.UntilAsync(() => Probes() == VideoLimits.CameraTestsMax, "four probes");

        // The other two had the same chance to start.
        Assert.Equal(VideoLimits.CameraTestsMax, Probes());
        await stop.CancelAsync();
        foreach (var test in tests)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => test.Within("the end of a test"));
        }

        Assert.Equal(0, Probes());
    }

    private static CameraSpec Spec(RtspTestServer server, string password) =>
        new() { Url = new(server.Url), Credentials = new() { Username = new("operator"), Password = new(password) } };

    private static int Probes() =>
        ChildProcesses.WithCommandLine("-show_streams").Count(p => p.Value.Contains("ffprobe", StringComparison.Ordinal));

    private async Task<RgbImage> Decode(CameraTest test) =>
        await new PictureReader().ReadAsync(test.Picture, "test.jpg", cancellation);
}
