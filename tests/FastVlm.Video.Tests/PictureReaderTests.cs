using FastVlm.Pipeline;
using FastVlm.TestKit;

namespace FastVlm.Video.Tests;

public sealed class PictureReaderTests
{
    private readonly PictureReader reader = new();
    private readonly CancellationToken cancellation = TestContext.Current.CancellationToken;

    /// <summary>Lossless formats come out bit for bit, also with an alpha channel (dropped), grey, or a palette.</summary>
    [Theory]
    [InlineData("rgb24", "png", "rgb24")]
    [InlineData("rgb24", "bmp", "bgr24")]
    [InlineData("rgb24", "ppm", "rgb24")]
    [InlineData("rgb24", "tiff", "rgb24")]
    [InlineData("rgba", "png", "rgba")]
    [InlineData("gray", "png", "gray")]
    public async Task Lossless_pictures_are_exact(string drawnAs, string format, string storedAs)
    {
        var raw = await TestFfmpeg.ClipAsync(
            $"exact-{drawnAs}.raw", "-f", "lavfi", "-i", "testsrc=s=97x31", "-frames:v", "1", "-pix_fmt", drawnAs, "-f", "rawvideo");
        var path = await TestFfmpeg.ClipAsync(
            $"exact-{drawnAs}.{format}", "-f", "rawvideo", "-pixel_format", drawnAs, "-video_size", "97x31", "-i", raw,
                "-frames:v", "1", "-pix_fmt", storedAs);

        var image = await reader.ReadFileAsync(path, cancellation);

        var channels = drawnAs switch { "gray" => 1, "rgba" => 4, _ => 3 };
        var bytes = await File.ReadAllBytesAsync(raw, cancellation);
        var expected = Enumerable.Range(0, 97 * 31).SelectMany(i => channels == 1
            ? Enumerable.Repeat(bytes[i], 3)
            : bytes.AsSpan(i * channels, 3).ToArray());
        Assert.Equal((97, 31), (image.WidthPx, image.HeightPx));
        Assert.Equal(expected, image.Pixels);
    }

    [Theory]
    [InlineData("yuvj420p")]
    [InlineData("yuvj444p")]
    public async Task JPEG_colours_are_right(string pixelFormat)
    {
        var path = await TestFfmpeg.ClipAsync(
            $"flat-{pixelFormat}.jpg", "-f", "lavfi", "-i", "color=c=0xC83214:s=64x64,format=rgb24,crop=63:41", "-frames:v",
                "1", "-pix_fmt", pixelFormat, "-q:v", "1");

        var image = await reader.ReadFileAsync(path, cancellation);

        Assert.Equal((63, 41), (image.WidthPx, image.HeightPx));

        // Away from the right and lower edge, where this encoder's padding shows.
        var inner = image.Pixels.Chunk(3).Where((_, i) => i % 63 < 32 && i / 63 < 32).ToList();
        Assert.Equal(32 * 32, inner.Count);
        Assert.All(inner, pixel =>
        {
            Assert.InRange(pixel[0], 0xC8 - 3, 0xC8 + 3);
            Assert.InRange(pixel[1], 0x32 - 3, 0x32 + 3);
            Assert.InRange(pixel[2], 0x14 - 3, 0x14 + 3);
        });
    }

    /// <summary>PIL's Image.open does not turn pictures either, and the model was trained that way.</summary>
    [Fact]
    public async Task An_EXIF_orientation_is_not_applied()
    {
        var jpeg = await File.ReadAllBytesAsync(await JpegAsync("plain.jpg", "64x32"), cancellation);

        // APP1 "Exif", little-endian TIFF, one entry: orientation (0x0112), short, 1 value, 6 (turn right).
        byte[] tiff = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0];
        byte[] app1 = [0xFF, 0xE1, 0, (byte)(2 + 6 + tiff.Length), .. "Exif\0\0"u8, .. tiff];

        var image = await reader.ReadAsync((byte[])[.. jpeg[..2], .. app1, .. jpeg[2..]], "turned.jpg", cancellation);

        Assert.Equal((64, 32), (image.WidthPx, image.HeightPx));
        Assert.Equal((await reader.ReadAsync(jpeg, "plain.jpg", cancellation)).Pixels, image.Pixels);
    }

    [Fact]
    public async Task Reads_8K()
    {
        var image = await reader.ReadFileAsync(await JpegAsync("8k.jpg", "7680x4320"), cancellation);

        Assert.Equal((7680, 4320), (image.WidthPx, image.HeightPx));
    }

    [Fact]
    public async Task A_picture_beyond_the_limit_is_refused_before_it_is_decoded()
    {
        var path = await TestFfmpeg.ClipAsync(
            "wide.png", "-f", "lavfi", "-i", "color=c=red:s=16400x8", "-frames:v", "1", "-pix_fmt", "rgb24");

        var failure = await Assert.ThrowsAsync<FailureException>(() => reader.ReadFileAsync(path, cancellation));

        Assert.Equal((FailureKind.PictureInvalid, "The picture is 16400×8 px; a side must be 1 to 16384 px."),
            (failure.Kind, failure.Message));
    }

    /// <summary>A PNG whose header claims 0×0 or a gigantic size.</summary>
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 16)]
    [InlineData(60_000, 60_000)]
    public async Task An_impossible_size_is_refused(int widthPx, int heightPx)
    {
        var png = await File.ReadAllBytesAsync(
            await TestFfmpeg.ClipAsync(
            "small.png", "-f", "lavfi", "-i", "testsrc=s=16x16", "-frames:v", "1", "-pix_fmt", "rgb24"), cancellation);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(16), widthPx);
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(png.AsSpan(20), heightPx);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan(29), Crc32(png.AsSpan(12, 17)));

        Assert.Equal(FailureKind.PictureInvalid, await FailureOfAsync(png));
    }

    [Fact]
    public async Task A_damaged_picture_is_refused_rather_than_shown_in_part()
    {
        var jpeg = await File.ReadAllBytesAsync(await JpegAsync("whole.jpg", "320x180"), cancellation);
        var png = await File.ReadAllBytesAsync(
            await TestFfmpeg.ClipAsync(
            "whole.png", "-f", "lavfi", "-i", "testsrc2=s=320x180", "-frames:v", "1", "-pix_fmt", "rgb24"), cancellation);

        Assert.Equal(FailureKind.PictureInvalid, await FailureOfAsync(jpeg[..(jpeg.Length / 2)]));
        Assert.Equal(FailureKind.PictureInvalid, await FailureOfAsync(png[..(png.Length / 2)]));
        Assert.Equal(FailureKind.PictureInvalid, await FailureOfAsync([]));
        Assert.Equal(FailureKind.PictureInvalid, await FailureOfAsync("this is text, not a picture"u8.ToArray()));
        Assert.Equal(FailureKind.PictureInvalid, await FailureOfAsync(new byte[5000]));
    }

    [Fact]
    public async Task A_missing_file_and_a_missing_ffmpeg_are_told_apart()
    {
        var missing = await Assert.ThrowsAsync<FailureException>(() => reader.ReadFileAsync("no-such-picture.jpg", cancellation));
        var tool = await Assert.ThrowsAsync<FailureException>(
            () => new PictureReader("no-such-ffmpeg").ReadAsync(new byte[10], "x", cancellation));

        Assert.Equal(FailureKind.SourceUnreachable, missing.Kind);
        Assert.Equal(FailureKind.ToolMissing, tool.Kind);
    }

    [Fact]
    public async Task Many_at_once_leave_no_process()
    {
        var jpeg = await File.ReadAllBytesAsync(await JpegAsync("many.jpg", "320x180"), cancellation);

        var images = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => reader.ReadAsync(jpeg, "many.jpg", cancellation)))
            .Within("twelve pictures");

        Assert.Single(images.Select(i => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(i.Pixels))).Distinct());
    }

    private async Task<FailureKind?> FailureOfAsync(byte[] encoded) =>
        (await Assert.ThrowsAsync<FailureException>(() => reader.ReadAsync(encoded, "test picture", cancellation))).Kind;

    private static Task<string> JpegAsync(string name, string size) =>
        TestFfmpeg.ClipAsync(name, "-f", "lavfi", "-i", $"testsrc2=s={size}", "-frames:v", "1", "-q:v", "3");

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xFFFFFFFF;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
