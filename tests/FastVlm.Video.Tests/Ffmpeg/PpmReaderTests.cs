using System.Text;
using FastVlm.Pipeline;
using FastVlm.Video.Ffmpeg;

namespace FastVlm.Video.Tests.Ffmpeg;

public sealed class PpmReaderTests
{
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Splits_a_stream_into_pictures_of_different_sizes()
    {
        var reader = Reader([.. "P6\n2 1\n255\n"u8, 1, 2, 3, 4, 5, 6, .. "P6\n1 1\n255\n"u8, 10, 10, 10]);

        Assert.Equal((2, 1), await reader.ReadHeaderAsync(cancellation));
        Assert.Equal([1, 2, 3, 4, 5, 6], (await reader.ReadPixelsAsync(2, 1, cancellation))!.Pixels);
        Assert.Equal((1, 1), await reader.ReadHeaderAsync(cancellation));
        Assert.Equal([10, 10, 10], (await reader.ReadPixelsAsync(1, 1, cancellation))!.Pixels);
        Assert.Null(await reader.ReadHeaderAsync(cancellation));
    }

    [Fact]
    public async Task A_picture_that_breaks_off_is_none()
    {
        var reader = Reader([.. "P6\n2 1\n255\n"u8, 1, 2, 3]);

        Assert.NotNull(await reader.ReadHeaderAsync(cancellation));
        Assert.Null(await reader.ReadPixelsAsync(2, 1, cancellation));
    }

    [Theory]
    [InlineData("P5\n2 1\n255\n")]
    [InlineData("P6\n2 1\n65535\n")]
    [InlineData("P6\n-2 1\n255\n")]
    [InlineData("P6\n2\n1\n255\n")]
    [InlineData("this is no picture at all, but a long line of text\n")]
    public async Task A_lost_place_in_the_stream_is_noticed(string header) =>
        await Assert.ThrowsAsync<InvalidDataException>(() => Reader(Encoding.ASCII.GetBytes(header)).ReadHeaderAsync(cancellation));

    [Theory]
    [InlineData("P6\n0 0\n255\n")]
    [InlineData("P6\n16385 1\n255\n")]
    [InlineData("P6\n1 99999\n255\n")]
    public async Task An_impossible_size_is_refused(string header)
    {
        var failure = await Assert.ThrowsAsync<FailureException>(
            () => Reader(Encoding.ASCII.GetBytes(header)).ReadHeaderAsync(cancellation));

        Assert.Equal(FailureKind.PictureInvalid, failure.Kind);
    }

    private static PpmReader Reader(byte[] bytes) => new(new MemoryStream(bytes));
}
