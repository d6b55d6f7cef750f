using System.Text;
using FastVlm.Pipeline;
using FastVlm.Pipeline.Configuration;
using FastVlm.TestKit;
using FastVlm.TestKit.Rtsp;
using FastVlm.Video.Cameras;
using FastVlm.Video.Live;
using FastVlm.Video.Sources;

namespace FastVlm.Video.Tests.Live;

/// <summary>One real ffmpeg reads a real camera; an independent player (ffmpeg's HLS reader) plays what we serve.</summary>
public sealed class LiveVideoTests : IAsyncDisposable
{
    private readonly TempDirectory folder = new();
    private readonly CollectingLogger logger = new();
    private readonly CancellationTokenSource stop = new();
    private readonly LiveVideo live = new(TimeProvider.System);
    private readonly Collector<long> frames = new("frames");
    private Task reading = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        folder.Dispose();
    }

    [Theory]
    [InlineData("h264", "avc1")]
    [InlineData("hevc", "hvc1")]
    public async Task A_player_plays_a_camera_from_the_process_that_samples_it(string codec, string entry)
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync(codec) });
        Read(new CameraSpec { Url = new(server.Url) });
        await frames.WaitForCountAsync(2);

        await using var http = new LiveHttpServer(live, FrameReading.Camera);
        var media = await new FfmpegProbe().DescribeAsync(VideoSource.Parse(http.Url), RtspTransport.Tcp, stop.Token);
        var (played, failure) = await PlayAsync(http.Url, count: 25);

        Assert.Null(failure);
        Assert.Equal((codec, 320, 180), (media.VideoCodec, media.WidthPx, media.HeightPx));
        Assert.Equal(25, played.Count);

        // ffmpeg gives the first pictures of an RTSP connection times that lie too close; a player shows them at once.
        var steady = played.Skip(3).ToList();
        Assert.All(steady.Zip(steady.Skip(1)), pair => Assert.Equal(0.1, (pair.Second - pair.First).TotalSeconds, 0.02));
        Assert.Single(server.Requests.Items, request => request == "PLAY 200");
        var head = await live.ReadAsync(FrameReading.Camera, "init-1.mp4", stop.Token);
        Assert.Contains(entry, Encoding.Latin1.GetString(head!.Content.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clip_can_be_watched_too()
    {
        File.Copy(await ClipAsync(), folder.File("line.mp4"));
        Read(new CameraSpec { Url = new("media:line.mp4") });
        await using var http = new LiveHttpServer(live, FrameReading.Camera);

        var (played, failure) = await PlayAsync(http.Url, count: 45);

        // The clip has 20 pictures: its loop goes on in time.
        Assert.Null(failure);
        Assert.Equal(45, played.Count);
        Assert.All(played.Zip(played.Skip(1)), pair => Assert.InRange((pair.Second - pair.First).TotalSeconds, 0.05, 0.2));
    }

    [Fact]
    public async Task The_playlist_goes_on_and_is_bounded()
    {
        File.Copy(await ClipAsync(), folder.File("line.mp4"));
        Read(new CameraSpec { Url = new("media:line.mp4") });

        var numbers = new List<int>();
        while (numbers.Count == 0 || numbers[^1] < VideoLimits.LiveSegmentsMax + 2)
        {
            var index = await IndexAsync();
            var names = index.Split('\n').Where(line => line.StartsWith("segment-", StringComparison.Ordinal)).ToList();
            Assert.InRange(names.Count, 1, VideoLimits.LiveSegmentsMax);
            numbers.Add(int.Parse(names[^1].Split('-', '.')[1], System.Globalization.CultureInfo.InvariantCulture));
            Assert.NotNull(await live.ReadAsync(FrameReading.Camera, names[^1], stop.Token));
            await frames.WaitForCountAsync(frames.Items.Count + 1);
        }

        var last = await IndexAsync();
        Assert.Equal(numbers.Order(), numbers);
        Assert.Contains("#EXT-X-TARGETDURATION:1\n", last, StringComparison.Ordinal);
        Assert.Contains("#EXT-X-MAP:URI=\"init-1.mp4\"\n", last, StringComparison.Ordinal);
        Assert.Contains("#EXTINF:1.000,\n", last, StringComparison.Ordinal);
        Assert.DoesNotContain("#EXT-X-MEDIA-SEQUENCE:0\n", last, StringComparison.Ordinal);
        Assert.Null(await live.ReadAsync(FrameReading.Camera, "segment-0.m4s", stop.Token));
        Assert.Null(await live.ReadAsync(FrameReading.Camera, "../line.mp4", stop.Token));
    }

    /// <summary>Key frames alone are cheap to read: there the stream is copied only once somebody asks.</summary>
    [Fact]
    public async Task A_key_frame_reader_is_opened_again_for_the_first_look_and_loses_no_index()
    {
        await using var server = RtspTestServer.Start(new() { VideoPath = await TestFfmpeg.AnnexBAsync("h264") });
        Read(new CameraSpec { Url = new(server.Url), Sampling = new() { Mode = SamplingMode.Keyframes } });
        await frames.WaitForCountAsync(2);
        Assert.Equal(1, server.Requests.Items.Count(request => request == "PLAY 200"));

        var index = await IndexAsync();
        var before = frames.Items.Count;
        await frames.WaitForCountAsync(before + 2);

        Assert.Contains("segment-0.m4s", index, StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Items.Count(request => request == "PLAY 200"));
        Assert.Equal(Enumerable.Range(0, frames.Items.Count).Select(i => (long)i), frames.Items);
    }

    [Fact]
    public async Task A_stream_that_MP4_cannot_hold_costs_no_frame()
    {
        var clip = await TestFfmpeg.ClipAsync(
            "raw.mkv", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=10", "-t", "2", "-c:v", "ffv1", "-pix_fmt", "yuv420p");
        File.Copy(clip, folder.File("raw.mkv"));
        Read(new CameraSpec { Url = new("media:raw.mkv") });

        await frames.WaitForCountAsync(8);

        Assert.False(reading.IsCompleted);
    }

    [Fact]
    public async Task A_codec_that_no_browser_plays_is_told()
    {
        var clip = await TestFfmpeg.ClipAsync(
            "mpeg4.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=10", "-t", "2", "-c:v", "mpeg4", "-g", "10");
        File.Copy(clip, folder.File("mpeg4.mp4"));
        Read(new CameraSpec { Url = new("media:mpeg4.mp4") });

        var failure = await Assert.ThrowsAsync<FailureException>(IndexAsync);

        Assert.Equal("The camera's video ('mp4v') cannot be played by browsers; set the camera to H.264.", failure.Message);
    }

    [Fact]
    public async Task A_camera_with_privacy_masks_passes_no_video_on()
    {
        File.Copy(await ClipAsync(), folder.File("line.mp4"));
        var mask = new MaskSpec { Points = [new(0, 0), new(1, 0), new(1, 1)] };
        Read(new CameraSpec { Url = new("media:line.mp4"), PrivacyMasks = [mask] });
        await frames.WaitForCountAsync(2);

        var failure = await Assert.ThrowsAsync<FailureException>(IndexAsync);

        Assert.Contains("privacy masks", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(ChildProcesses.WithCommandLine("min(312/").Values, line => line.Contains("unix:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_unknown_camera_has_no_video() =>
        Assert.Null(await live.ReadAsync(new CameraId("nobody"), "index.m3u8", stop.Token));

    private static Task<string> ClipAsync() => TestFfmpeg.ClipAsync(
        "live.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=10", "-t", "2", "-g", "10", "-pix_fmt", "yuv420p", "-c:v", "libx264");

    private async Task<string> IndexAsync() =>
        Encoding.UTF8.GetString((await live.ReadAsync(FrameReading.Camera, "index.m3u8", stop.Token).Within("the playlist"))!.Content.Span);

    private void Read(CameraSpec spec)
    {
        var places = new CameraPlaces(folder.FullPath, folder.FullPath);
        var sources = new CameraSources(places, modelInputSizePx: 312, TimeProvider.System, logger) { Live = live };
        var source = sources.Create(FrameReading.Camera, spec).Frames;
        reading = Task.Run(async () =>
        {
            await foreach (var frame in source.ReadAsync(stop.Token))
            {
                frames.Add(frame.Index);
            }
        });
    }

    /// <summary>Presentation times of the first pictures that a player shows.</summary>
    private static async Task<(List<TimeSpan> Times, FailureException? Failure)> PlayAsync(string url, int count)
    {
        try
        {
            var played = await FrameReading.Open(url).TakeAsync(count);
            return ([.. played.Select(frame => frame.MediaTime!.Value)], null);
        }
        catch (FailureException e)
        {
            return ([], e);
        }
    }
}
