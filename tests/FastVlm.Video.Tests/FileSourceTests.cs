using FastVlm.Pipeline;
using FastVlm.Pipeline.Frames;
using FastVlm.TestKit;

namespace FastVlm.Video.Tests;

public sealed class FileSourceTests
{
    private static readonly string[] TestPicture = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=10"];

    [Fact]
    public async Task Reads_every_frame_and_ends()
    {
        var (frames, failure) = await FrameReading.Open(await ClipAsync("ten.mp4", "-t", "1")).ReadToEndAsync();

        Assert.Null(failure);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => TimeSpan.FromSeconds(i * 0.1)), frames.Select(f => f.MediaTime!.Value));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (long)i), frames.Select(f => f.Index));
    }

    /// <summary>The first frame of each period, whatever the frame rate.</summary>
    [Theory]
    [InlineData("30000/1001", 0.5, 8)]
    [InlineData("7", 1, 4)]
    [InlineData("2", 0.25, 8)]
    [InlineData("10", 30, 4)]
    public async Task Passes_on_one_frame_per_period(string rate, double periodSeconds, int expected)
    {
        var clip = await TestFfmpeg.ClipAsync(
            $"rate-{rate.Replace('/', '-')}.mp4", "-f", "lavfi", "-i", $"testsrc2=s=64x64:r={rate}", "-t", "4", "-c:v", "libx264");

        var (frames, _) = await FrameReading.Open(clip, new() { FramePeriod = TimeSpan.FromSeconds(periodSeconds) }).ReadToEndAsync();

        Assert.Equal(expected, frames.Count);
        var period = Math.Min(periodSeconds, 1);
        Assert.All(frames.Select((f, i) => (f, i)), p =>
            Assert.Equal(p.i * Math.Max(period, rate == "2" ? 0.5 : 0), p.f.MediaTime!.Value.TotalSeconds, 0.15));
    }

    [Theory]
    [InlineData("320x180", 512, 320, 180)]
    [InlineData("320x180", 160, 160, 90)]
    [InlineData("180x320", 160, 90, 160)]
    [InlineData("322x182", 101, 101, 57)]
    [InlineData("640x16", 64, 64, 2)]
    public async Task Scales_down_into_the_square_and_never_up(string size, int sidePxMax, int widthPx, int heightPx)
    {
        var clip = await TestFfmpeg.ClipAsync(
            $"size-{size}.mp4", "-f", "lavfi", "-i", $"testsrc2=s={size}:r=10", "-t", "0.2", "-c:v", "libx264", "-pix_fmt", "yuv420p");

        var (frames, _) = await FrameReading.Open(clip, new() { FrameSidePxMax = sidePxMax }).ReadToEndAsync();

        Assert.Equal((widthPx, heightPx), (frames[0].Image.WidthPx, frames[0].Image.HeightPx));
    }

    [Fact]
    public async Task Shows_anamorphic_video_with_square_pixels()
    {
        var clip = await ClipAsync("anamorphic.mp4", "-t", "0.2", "-vf", "scale=180:180,setsar=16/9");

        var (frames, _) = await FrameReading.Open(clip).ReadToEndAsync();

        Assert.Equal((320, 180), (frames[0].Image.WidthPx, frames[0].Image.HeightPx));
    }

    [Theory]
    [InlineData("90", 180, 320)]
    [InlineData("180", 320, 180)]
    [InlineData("270", 180, 320)]
    public async Task Turns_rotated_video_upright(string rotation, int widthPx, int heightPx)
    {
        var plain = await ClipAsync("plain.mp4", "-t", "0.2");
        var clip = await TestFfmpeg.ClipAsync(
            $"rotated-{rotation}.mp4", "-i", plain, "-c", "copy", "-metadata:s:v:0", $"rotate={rotation}");

        var (frames, _) = await FrameReading.Open(clip).ReadToEndAsync();

        Assert.Equal((widthPx, heightPx), (frames[0].Image.WidthPx, frames[0].Image.HeightPx));
        Assert.NotEmpty(frames);
    }

    /// <summary>Flat colours come out as they went in, within what 4:2:0 and rounding cost, for both matrices and both ranges.</summary>
    [Theory]
    [InlineData("bt709", "tv")]
    [InlineData("bt601", "tv")]
    [InlineData("bt601", "pc")]
    public async Task Colours_are_right(string matrix, string range)
    {
        var space = matrix == "bt709" ? "bt709" : "smpte170m";
        var clip = await TestFfmpeg.ClipAsync(
            $"colour-{matrix}-{range}.mp4", "-f", "lavfi", "-i", "color=c=0xC83214:s=64x64:r=10", "-t", "0.2",
            "-vf", $"scale=out_color_matrix={matrix}:out_range={range},format=yuv420p", "-c:v", "libx264", "-qp", "0",
            "-colorspace", space, "-color_primaries", space, "-color_trc", space, "-color_range", range);

        var (frames, _) = await FrameReading.Open(clip).ReadToEndAsync();

        var middle = frames[0].Image.Pixels.AsSpan(((32 * 64) + 32) * 3, 3).ToArray();
        Assert.InRange(middle[0], 0xC8 - 3, 0xC8 + 3);
        Assert.InRange(middle[1], 0x32 - 3, 0x32 + 3);
        Assert.InRange(middle[2], 0x14 - 3, 0x14 + 3);
    }

    [Fact]
    public async Task Plays_a_file_at_its_own_speed_where_asked()
    {
        var (frames, _) = await FrameReading.Open(
            await ClipAsync("paced.mp4", "-t", "2"), new() { PaceFiles = true, FramePeriod = TimeSpan.Zero }).ReadToEndAsync();

        Assert.True(frames[^1].CapturedAt - frames[0].CapturedAt > TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public async Task Loops_a_file_where_asked()
    {
        var frames = await FrameReading.Open(
            await ClipAsync("looped.mp4", "-t", "1"), new() { LoopFiles = true, FramePeriod = TimeSpan.Zero }).TakeAsync(25);

        Assert.Equal(25, frames.Count);
        Assert.True(frames[24].MediaTime > TimeSpan.FromSeconds(2.2));
    }

    [Fact]
    public async Task A_reader_that_takes_its_time_loses_nothing()
    {
        var frames = new List<Frame>();
        var clip = await ClipAsync("slow-reader.mp4", "-t", "4");
        await foreach (var frame in FrameReading.Open(clip).ReadAsync(TestContext.Current.CancellationToken))
        {
            // More than the pipe holds, so that ffmpeg has to wait.
            frames.Add(frame);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Equal(40, frames.Count);
    }

    [Fact]
    public async Task Tells_what_is_wrong_with_a_file()
    {
        using var directory = new TempDirectory();
        var garbage = directory.File("garbage.mp4");
        await File.WriteAllBytesAsync(
            garbage, [.. Enumerable.Range(0, 10_000).Select(i => (byte)(i * 7))], TestContext.Current.CancellationToken);
        var empty = directory.File("empty.mp4");
        await File.WriteAllBytesAsync(empty, [], TestContext.Current.CancellationToken);
        var sound = await TestFfmpeg.ClipAsync("sound.m4a", "-f", "lavfi", "-i", "sine", "-t", "1");
        var unfinished = directory.File("unfinished.mp4");
        await File.WriteAllBytesAsync(
            unfinished, (await File.ReadAllBytesAsync(
            await ClipAsync("ten.mp4", "-t", "1"), TestContext.Current.CancellationToken))[..3000], TestContext.Current.CancellationToken);

        Assert.Equal(FailureKind.PictureInvalid, (await FrameReading.Open(garbage).ReadToEndAsync()).Failure!.Kind);
        Assert.Equal(FailureKind.PictureInvalid, (await FrameReading.Open(empty).ReadToEndAsync()).Failure!.Kind);
        Assert.Equal(FailureKind.NoVideo, (await FrameReading.Open(sound).ReadToEndAsync()).Failure!.Kind);
        Assert.Equal(FailureKind.PictureInvalid, (await FrameReading.Open(unfinished).ReadToEndAsync()).Failure!.Kind);
    }

    [Fact]
    public async Task A_missing_ffmpeg_is_told_with_its_remedy()
    {
        var options = new FrameSourceOptions { FfmpegPath = "no-such-ffmpeg" };

        var (_, failure) = await FrameReading.Open(await ClipAsync("ten.mp4", "-t", "1"), options).ReadToEndAsync();

        Assert.Equal(FailureKind.ToolMissing, failure!.Kind);
        Assert.Contains("apt-get install -y --no-install-recommends ffmpeg", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancel_is_prompt_and_leaves_no_process()
    {
        using var cancel = new CancellationTokenSource();
        var clip = await ClipAsync("cancelled.mp4", "-t", "4");
        var frames = FrameReading.Open(clip, new() { FrameSidePxMax = 307, PaceFiles = true, LoopFiles = true })
            .ReadAsync(cancel.Token).GetAsyncEnumerator(cancel.Token);
        Assert.True(await frames.MoveNextAsync());
        Assert.Single(ChildProcesses.WithCommandLine("min(307/"));
        var next = frames.MoveNextAsync();

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.AsTask().Within("the cancelled read"));
        await frames.DisposeAsync();
        Assert.Empty(ChildProcesses.WithCommandLine("min(307/"));
    }

    private static Task<string> ClipAsync(string name, params string[] arguments) =>
        TestFfmpeg.ClipAsync(name, [.. TestPicture, .. arguments, "-c:v", "libx264", "-pix_fmt", "yuv420p"]);
}
