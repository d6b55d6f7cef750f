using FastVlm.Pipeline;
using FastVlm.Pipeline.Cameras;
using FastVlm.Pipeline.Configuration;
using FastVlm.TestKit;
using FastVlm.TestKit.Rtsp;
using FastVlm.Video.Cameras;

namespace FastVlm.Video.Tests.Cameras;

public sealed class CameraSourcesTests : IDisposable
{
    private readonly TempDirectory folder = new();
    private readonly CollectingLogger logger = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_camera_with_credentials_is_read_at_the_models_size()
    {
        await using var server = RtspTestServer.Start(
            new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264"), Authentication = RtspAuthentication.Digest });
        var spec = new CameraSpec
        {
            Url = new(server.Url),
            Credentials = new() { Username = new("operator"), Password = new("s3cret@gate") },
        };

        var frames = await Open(spec).Frames.TakeAsync(3);

        Assert.All(frames, frame => Assert.Equal((192, 108), (frame.Image.WidthPx, frame.Image.HeightPx)));
        Assert.DoesNotContain(logger.Lines.Items, line => line.Contains("s3cret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_clip_plays_in_a_loop_at_its_own_speed()
    {
        var clip = await TestFfmpeg.ClipAsync("loop.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=10", "-t", "1", "-c:v", "libx264");
        File.Copy(clip, folder.File("loop.mp4"));

        var frames = await Open(new CameraSpec { Url = new("demo:loop") }).Frames.TakeAsync(9);

        // Five frames a second for the scene gate, from a clip of one second.
        Assert.InRange((frames[^1].CapturedAt - frames[0].CapturedAt).TotalSeconds, 1.3, 10);
        Assert.InRange(frames[^1].MediaTime!.Value.TotalSeconds, 1.5, 1.8);
    }

    [Theory]
    [InlineData(1, true, SamplingMode.Full, 0.2)]
    [InlineData(1, false, SamplingMode.Full, 1)]
    [InlineData(10, true, SamplingMode.Auto, 0.1)]
    [InlineData(1, false, SamplingMode.Keyframes, 1)]
    public async Task The_scene_gate_sees_what_is_between_two_ticks(double rate, bool sceneChange, SamplingMode mode, double periodSeconds)
    {
        var clip = await TestFfmpeg.ClipAsync(
            "gate.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=20", "-t", "3", "-g", "10", "-c:v", "libx264");
        File.Copy(clip, folder.File("gate.mp4"));
        var spec = new CameraSpec
        {
            Url = new("demo:gate"),
            Sampling = new() { RatePerSecond = rate, SceneChange = sceneChange, Mode = mode },
        };

        var frames = await Open(spec).Frames.TakeAsync(3);

        Assert.Equal(periodSeconds, (frames[2].MediaTime - frames[1].MediaTime)!.Value.TotalSeconds, 0.001);
    }

    [Theory]
    [InlineData(1, SamplingMode.Full, 0)]
    [InlineData(0.1, SamplingMode.Full, 10)]
    [InlineData(1, SamplingMode.Keyframes, 10)]
    public void A_slow_camera_is_given_its_time(double rate, SamplingMode mode, double seconds) => Assert.Equal(
        TimeSpan.FromSeconds(seconds),
        Open(new CameraSpec { Url = new("rtsp://cam/1"), Sampling = new() { RatePerSecond = rate, Mode = mode } }).Feed.SlowestPeriod);

    [Theory]
    [InlineData(0.1, false, true)]
    [InlineData(0.2, false, false)]
    [InlineData(0.1, true, false)]
    public void Left_to_itself_it_decodes_key_frames_alone_where_they_keep_the_rate(double rate, bool sceneChange, bool isKeyFramesOnly)
    {
        var auto = new CameraSpec { Url = new("rtsp://cam/1"), Sampling = new() { RatePerSecond = rate, SceneChange = sceneChange } };
        var keyframes = auto with { Sampling = auto.Sampling with { Mode = SamplingMode.Keyframes } };

        Assert.Equal(isKeyFramesOnly, NewSources().ReadAlike(auto, keyframes));
    }

    [Fact]
    public async Task An_address_that_leads_nowhere_fails_when_it_is_opened()
    {
        var (_, failure) = await Open(new CameraSpec { Url = new("media:later.mp4") }).Frames.ReadToEndAsync();

        Assert.Equal(FailureKind.SourceUnreachable, failure!.Kind);
    }

    [Fact]
    public void Only_what_concerns_the_reading_needs_a_new_connection()
    {
        var sources = NewSources();
        var spec = new CameraSpec { Url = new("rtsp://cam/1"), Credentials = new() { Username = new("joe"), Password = new("x") } };
        var faster = spec.Sampling with { RatePerSecond = 3 };
        var keyframes = spec.Sampling with { Mode = SamplingMode.Keyframes };

        Assert.True(sources.ReadAlike(spec, spec with { Prompt = "Else?", Name = "n", Sampling = faster, Tags = ["t"] }));
        Assert.False(sources.ReadAlike(spec, spec with { Url = new("rtsp://cam/2") }));
        Assert.False(sources.ReadAlike(spec, spec with { Credentials = new() { Username = new("joe"), Password = new("y") } }));
        Assert.False(sources.ReadAlike(spec, spec with { Transport = CameraTransport.Udp }));
        Assert.False(sources.ReadAlike(spec, spec with { ResolutionPx = 512 }));
        Assert.False(sources.ReadAlike(spec, spec with { Sampling = keyframes }));
    }

    private CameraSources NewSources() =>
        new(new CameraPlaces(folder.FullPath, folder.FullPath), modelInputSizePx: 192, TimeProvider.System, logger);

    private CameraSource Open(CameraSpec spec) => NewSources().Create(FrameReading.Camera, spec);
}
