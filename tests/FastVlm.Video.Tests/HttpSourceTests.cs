using FastVlm.Pipeline;
using FastVlm.TestKit;

namespace FastVlm.Video.Tests;

public sealed class HttpSourceTests
{
    /// <summary>Cut in half, with a destroyed middle, with a destroyed head, and no picture at all.</summary>
    [Fact]
    public async Task Corrupt_pictures_in_an_MJPEG_stream_do_not_end_it()
    {
        var jpeg = await JpegAsync();
        var middle = (byte[])jpeg.Clone();
        new Random(1).NextBytes(middle.AsSpan(jpeg.Length / 2, 200));
        var head = (byte[])jpeg.Clone();
        new Random(2).NextBytes(head.AsSpan(2, 100));
        await using var server = new HttpTestServer(
            [jpeg, jpeg[..(jpeg.Length / 2)], jpeg, middle, head, "this is no picture"u8.ToArray(), jpeg]);

        var frames = await FrameReading.Open(server.Url("stream")).TakeAsync(20);

        Assert.Equal(20, frames.Count);
        Assert.All(frames, f => Assert.Equal((320, 180), (f.Image.WidthPx, f.Image.HeightPx)));
    }

    [Fact]
    public async Task A_recording_on_a_server_ends()
    {
        await using var server = new HttpTestServer([]);
        server.AddFile("clip.mkv",
            await TestFfmpeg.ClipAsync("http.mkv", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=10", "-t", "2", "-c:v", "libx264"));

        var (frames, failure) = await FrameReading.Open(server.Url("clip.mkv?key=s3cret")).ReadToEndAsync();

        Assert.Null(failure);
        Assert.Equal(20, frames.Count);
    }

    [Fact]
    public async Task Reads_HLS()
    {
        using var directory = new TempDirectory();
        await TestFfmpeg.RunAsync(
            "-f", "lavfi", "-i", "testsrc2=s=160x90:r=10", "-t", "3", "-c:v", "libx264", "-g", "10",
            "-hls_time", "1", "-hls_list_size", "0", directory.File("list.m3u8"));
        await using var server = new HttpTestServer([]);
        foreach (var file in Directory.EnumerateFiles(directory.FullPath))
        {
            server.AddFile(Path.GetFileName(file), file);
        }

        var (frames, _) = await FrameReading.Open(server.Url("list.m3u8")).ReadToEndAsync();

        Assert.Equal(30, frames.Count);
    }

    [Fact]
    public async Task Gives_the_password()
    {
        await using var server = new HttpTestServer([await JpegAsync()], "operator:p@ss");

        Assert.Equal(3, (await FrameReading.Open(server.Url("stream", "operator:p%40ss@")).TakeAsync(3)).Count);
    }

    [Theory]
    [InlineData("operator:wr0ng-pass@", "stream", FailureKind.Unauthorized)]
    [InlineData("operator:p%40ss@", "nothing-here", FailureKind.SourceUnreachable)]
    public async Task Tells_why_it_is_refused(string userInfo, string path, FailureKind expected)
    {
        await using var server = new HttpTestServer([await JpegAsync()], "operator:p@ss");

        var (_, failure) = await FrameReading.Open(server.Url(path, userInfo)).ReadToEndAsync();

        Assert.Equal(expected, failure!.Kind);
        Assert.DoesNotContain("wr0ng-pass", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>A web server must not make us read this machine's files.</summary>
    [Fact]
    public async Task A_playlist_from_a_server_cannot_name_local_files()
    {
        var local = await TestFfmpeg.ClipAsync("local.ts", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=10", "-t", "1", "-c:v", "libx264");
        using var directory = new TempDirectory();
        await File.WriteAllTextAsync(
            directory.File("a.m3u8"), $"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\nfile://{local}\n#EXT-X-ENDLIST\n",
            TestContext.Current.CancellationToken);
        await using var server = new HttpTestServer([]);
        server.AddFile("a.m3u8", directory.File("a.m3u8"));

        var (frames, failure) = await FrameReading.Open(server.Url("a.m3u8")).ReadToEndAsync();

        Assert.Empty(frames);
        Assert.NotNull(failure);
    }

    private static async Task<byte[]> JpegAsync() => await File.ReadAllBytesAsync(
        await TestFfmpeg.ClipAsync("one.jpg", "-f", "lavfi", "-i", "testsrc2=s=320x180", "-frames:v", "1", "-q:v", "3"),
            TestContext.Current.CancellationToken);
}
