using FastVlm.Pipeline;
using FastVlm.TestKit;
using FastVlm.Video.Sources;

namespace FastVlm.Video.Tests;

public sealed class PictureSequenceTests : IDisposable
{
    private readonly TempDirectory directory = new();
    private readonly CollectingLogger logger = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("", "1 2 9 10 11")]
    [InlineData("frame%d.png", "1 2 9 10 11")]
    [InlineData("frame%02d.png", "10 11")]
    [InlineData("frame1?.png", "10 11")]
    [InlineData("*.png", "1 2 9 10 11")]
    [InlineData("frame9.png", "9")]
    public async Task Reads_pictures_in_the_order_of_their_numbers(string pattern, string expectedWidths)
    {
        foreach (var number in (int[])[1, 2, 9, 10, 11])
        {
            await PictureAsync($"frame{number}.png", number);
        }

        await File.WriteAllTextAsync(directory.File("notes.txt"), "no picture", TestContext.Current.CancellationToken);

        var (frames, failure) = await Open(pattern).ReadToEndAsync();

        Assert.Null(failure);
        Assert.Equal(expectedWidths, string.Join(' ', frames.Select(f => f.Image.WidthPx / 2)));
        Assert.Equal(Enumerable.Range(0, frames.Count).Select(i => TimeSpan.FromSeconds(i)), frames.Select(f => f.MediaTime!.Value));
    }

    [Fact]
    public async Task A_damaged_picture_is_skipped_and_named()
    {
        await PictureAsync("a1.png", 10);
        await File.WriteAllBytesAsync(directory.File("a2.png"), new byte[100], TestContext.Current.CancellationToken);
        await PictureAsync("a3.png", 30);

        var (frames, failure) = await Open("").ReadToEndAsync();

        Assert.Null(failure);
        Assert.Equal([(0L, 10), (2L, 30)], frames.Select(f => (f.Index, f.Image.WidthPx / 2)));
        Assert.Contains(logger.Lines.Items, line => line.Contains("a2.png", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_sequence_without_a_readable_picture_fails()
    {
        await File.WriteAllBytesAsync(directory.File("a.png"), new byte[100], TestContext.Current.CancellationToken);

        Assert.Equal(FailureKind.PictureInvalid, (await Open("").ReadToEndAsync()).Failure!.Kind);
        Assert.Equal(FailureKind.SourceUnreachable, (await Open("b%d.png").ReadToEndAsync()).Failure!.Kind);
    }

    private PictureSequenceSource Open(string pattern) => Assert.IsType<PictureSequenceSource>(FrameSources.Create(
        FrameReading.Camera, VideoSource.Parse(directory.File(pattern)), new FrameSourceOptions(), TimeProvider.System, logger));

    /// <summary>The number is half the width, because ffmpeg's colour source makes even sizes only.</summary>
    private async Task PictureAsync(string name, int number) => File.Copy(
        await TestFfmpeg.ClipAsync($"w{number}.png", "-f", "lavfi", "-i", $"color=c=red:s={number * 2}x16", "-frames:v", "1"),
            directory.File(name));
}
